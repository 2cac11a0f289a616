#!/usr/bin/env python3
"""A relay in Python's standard library and openssl: keeps a list verified and up to date (docs/list-format.md §9).

    relay.py CREDENTIALS DIRECTORY [LIST]

DIRECTORY/LIST.json says what is in force and names the file beside it that holds the lines, sorted, without a header.
Whatever fails, both stay as they are. Exit codes: 0 current, 1 failed, 2 stale, 3 verification refused.
"""

import base64
import gzip
import hashlib
import json
import os
import re
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.parse
import urllib.request
import uuid

FAILED, STALE, REFUSED = 1, 2, 3
LINE = re.compile(r"[A-Za-z0-9+._-]{1,64},[a-z_]{1,32},(permanent|[0-9]{4}-[0-9]{2}-[0-9]{2})")
LEAF_LINES = 64
MAX_SMALL = 64 * 1024
MAX_LINE = 128


class Stop(Exception):
    """The sync ends here; the list that was in force stays in force."""

    def __init__(self, code, message):
        super().__init__(message)
        self.code = code


class Mismatch(Exception):
    """What was downloaded does not lead to what is signed."""


def demand(holds, message, code=REFUSED):
    if not holds:
        raise Stop(code, message)


# Signatures: ES256 by openssl, which speaks DER where JOSE has two plain numbers.


def b64url(data):
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def unb64url(text):
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def point(jwk):
    x, y = unb64url(jwk["x"]), unb64url(jwk["y"])
    demand(jwk.get("kty") == "EC" and jwk.get("crv") == "P-256" and len(x) == len(y) == 32, "not an ES256 key")
    return b"\x04" + x + y


def pem(label, der):
    body = base64.encodebytes(der).decode()
    return f"-----BEGIN {label}-----\n{body}-----END {label}-----\n".encode()


def der_integer(number):
    body = number.lstrip(b"\0") or b"\0"
    if body[0] & 0x80:
        body = b"\0" + body
    return b"\x02" + bytes([len(body)]) + body


def openssl(*args, data=b""):
    return subprocess.run(["openssl", *args], input=data, capture_output=True, check=False)


def verify(jwk, signed, signature):
    """Whether the key made this signature."""
    if len(signature) != 64:
        return False
    numbers = der_integer(signature[:32]) + der_integer(signature[32:])
    # SubjectPublicKeyInfo of a P-256 key is always these bytes, then the point.
    spki = bytes.fromhex("3059301306072a8648ce3d020106082a8648ce3d030107034200") + point(jwk)
    with tempfile.TemporaryDirectory() as directory:
        key, der = os.path.join(directory, "key"), os.path.join(directory, "signature")
        with open(key, "wb") as file:
            file.write(pem("PUBLIC KEY", spki))
        with open(der, "wb") as file:
            file.write(b"\x30" + bytes([len(numbers)]) + numbers)
        return openssl("dgst", "-sha256", "-verify", key, "-signature", der, data=signed).returncode == 0


def sign(jwk, signed):
    # ECPrivateKey (RFC 5915) of P-256. The key goes through a directory that is ours alone (0700).
    ec_key = (
        bytes.fromhex("30770201010420") + unb64url(jwk["d"]) + bytes.fromhex("a00a06082a8648ce3d030107a144034200")
    ) + point(jwk)
    with tempfile.TemporaryDirectory() as directory:
        key = os.path.join(directory, "key")
        with open(key, "wb") as file:
            file.write(pem("EC PRIVATE KEY", ec_key))
        done = openssl("dgst", "-sha256", "-sign", key, data=signed)
    demand(done.returncode == 0, "openssl cannot sign", FAILED)
    der, at, numbers = done.stdout, 2, []
    for _ in range(2):
        length = der[at + 1]
        numbers.append(der[at + 2 : at + 2 + length].lstrip(b"\0").rjust(32, b"\0"))
        at += 2 + length
    return b"".join(numbers)


def make_jws(typ, claims, jwk):
    head = {"alg": "ES256", "typ": typ}
    signed = ".".join(b64url(json.dumps(part).encode()) for part in (head, claims))
    return f"{signed}.{b64url(sign(jwk, signed.encode()))}"


def open_jws(jws, typ, key_of):
    """The claims of a JWS. key_of gives the key of a kid, or None."""
    try:
        head, payload, signature = jws.split(".")
        header = json.loads(unb64url(head))
        claims = json.loads(unb64url(payload))
        signature = unb64url(signature)
    except (ValueError, UnicodeError) as error:
        raise Stop(REFUSED, f"no {typ}: {error}") from error
    fits = header.get("alg") == "ES256" and header.get("typ") == typ and "crit" not in header
    demand(fits, f"no {typ}: its header is {header}")
    key = key_of(header.get("kid"))
    if key is None:
        return None
    demand(verify(key, f"{head}.{payload}".encode(), signature), f"the signature of the {typ} does not hold")
    return claims


# The list: hash, tree, chain (§5, §6).


def hash_value(value):
    mask = 0xFFFFFFFF
    h = 2166136261
    for byte in value.encode():
        h = ((h ^ byte) * 16777619) & mask
    h = ((h ^ h >> 16) * 0x85EBCA6B) & mask
    h = ((h ^ h >> 13) * 0xC2B2AE35) & mask
    return h ^ h >> 16


def digest_of(lines):
    """The digest of sorted lines."""
    hashed = [(hash_value(line[: line.index(",")]), line) for line in lines]

    def tree(part, depth):
        if len(part) <= LEAF_LINES or depth == 32:
            return hashlib.sha256(b"\0" + "".join(f"{line}\n" for _, line in part).encode()).digest()
        bit = 31 - depth
        left = tree([each for each in part if not each[0] >> bit & 1], depth + 1)
        right = tree([each for each in part if each[0] >> bit & 1], depth + 1)
        return hashlib.sha256(b"\1" + left + right).digest()

    return tree(hashed, 0).hex()


def rows_of(body, header):
    text = body.decode("ascii", "replace")
    if not text.startswith(header + "\n") or not text.endswith("\n"):
        raise Mismatch("a body has another header, or ends within a line")
    return text.split("\n")[1:-1]


def check_lines(lines):
    for at, line in enumerate(lines):
        if not LINE.fullmatch(line):
            raise Mismatch("a line is none")
        if at and lines[at - 1].split(",")[0] + "," >= line[: line.index(",") + 1]:
            raise Mismatch("the lines are out of order, or a value comes twice")
    return lines


def apply_diff(lines, body):
    removed, added = [], []
    for row in rows_of(body, "op,value,category,until"):
        if row[:2] == "+,":
            added.append(row[2:])
        elif row[:2] == "-," and not added:
            removed.append(row[2:])
        else:
            raise Mismatch("a row of the diff is none")
    check_lines(removed)
    check_lines(added)
    held = set(lines)
    if not held.issuperset(removed):
        raise Mismatch("the diff removes what is not held")
    return check_lines(sorted((held - set(removed)).union(added)))


def check_state(lines, manifest):
    if len(lines) != manifest["count"] or digest_of(lines) != manifest["digest"]:
        raise Mismatch("count or digest is not the signed one")
    return lines


# The exchange.


class Exchange:
    def __init__(self, credentials):
        self.who = credentials
        self.issuer = credentials["issuer"]
        self.token = None

        class NoRedirects(urllib.request.HTTPRedirectHandler):
            def redirect_request(self, *_args):
                return None

        self.opener = urllib.request.build_opener(NoRedirects)

    def ask(self, path, limit, data=None, headers=None):
        headers = {"Accept-Encoding": "gzip", **(headers or {})}
        if self.token:
            headers["Authorization"] = f"Bearer {self.token}"
        request = urllib.request.Request(self.issuer + path, data, headers)
        try:
            with self.opener.open(request, timeout=30) as answer:
                plain = answer.headers.get("Content-Encoding") != "gzip"
                body = (answer if plain else gzip.GzipFile(fileobj=answer)).read(limit + 1)
                # A body that was cut off ends like one that was not: only its length tells.
                length = answer.headers.get("Content-Length")
                cut = plain and length is not None and len(body) < min(int(length), limit + 1)
        except urllib.error.HTTPError as error:
            raise Stop(FAILED, f"{path.split('?')[0]}: {error.code} {error.read(500).decode(errors='replace')}") from error
        except (OSError, EOFError) as error:
            raise Stop(FAILED, f"{path.split('?')[0]}: {error}") from error
        demand(not cut, f"{path.split('?')[0]}: cut off", FAILED)
        demand(len(body) <= limit, f"{path.split('?')[0]}: longer than it can be")
        return body

    def log_in(self):
        """RFC 7523: a client assertion for an access token."""
        now, client = int(time.time()), self.who["clientId"]
        claims = {"iss": client, "sub": client, "aud": self.issuer, "iat": now, "exp": now + 60, "jti": str(uuid.uuid4())}
        form = {
            "grant_type": "client_credentials",
            "client_assertion_type": "urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
            "client_assertion": make_jws("JWT", claims, self.who["privateKey"]),
        }
        answer = self.ask("/oauth/token", MAX_SMALL, urllib.parse.urlencode(form).encode())
        self.token = json.loads(answer)["access_token"]

    def key_set(self, least):
        jws = self.ask("/v1/keys", MAX_SMALL).decode()
        claims = open_jws(jws, "keyset+jwt", lambda _kid: self.who["rootKey"])
        demand(claims["iss"] == self.issuer, "the key set is of another issuer")
        demand(claims["exp"] > time.time(), "the key set has expired", STALE)
        demand(claims["sequence"] >= least, "the key set is older than one that was accepted")
        return claims

    def manifest(self, name, keys):
        by_kid = {key["kid"]: key for key in keys["keys"]}
        claims = open_jws(self.ask(f"/v1/lists/{name}/manifest", MAX_SMALL).decode(), "manifest+jwt", by_kid.get)
        demand(claims is not None, "the manifest's key is in no key set")
        demand(claims["iss"] == self.issuer and claims["sub"] == name, "the manifest is of another issuer or list")
        return claims

    def diff(self, name, manifest, start, count):
        path = f"/v1/lists/{name}/versions/{manifest['version']}/diff?from={start}&epoch={manifest['epoch']}"
        # It removes at most what is held and adds at most what is signed.
        return self.ask(path, (count + manifest["count"] + 1) * MAX_LINE)

    def snapshot(self, name, manifest):
        told = manifest["snapshot"]
        path = f"/v1/lists/{name}/versions/{told['version']}/snapshot?epoch={manifest['epoch']}"
        body = self.ask(path, told["bytes"])
        if hashlib.sha256(body).hexdigest() != told["sha256"]:
            raise Mismatch("the snapshot has another SHA-256 than is signed")
        return check_lines(rows_of(body, "value,category,until"))

    def receipt(self, name, manifest):
        claims = {"iss": self.who["clientId"], "aud": self.issuer, "sub": name, "iat": int(time.time())}
        claims.update({claim: manifest[claim] for claim in ("epoch", "version", "digest", "count")})
        jws = make_jws("receipt+jwt", claims, self.who["privateKey"]).encode()
        self.ask(f"/v1/lists/{name}/receipts", MAX_SMALL, jws, {"Content-Type": "application/jwt"})


# What is in force.


class Store:
    def __init__(self, directory, name):
        os.makedirs(directory, exist_ok=True)
        self.directory, self.name = directory, name
        self.path = os.path.join(directory, f"{name}.json")

    def read(self):
        """The state and its lines, verified against what the state says; None where there is nothing yet."""
        if not os.path.exists(self.path):
            return None, []
        with open(self.path, encoding="ascii") as file:
            state = json.load(file)
        try:
            with open(os.path.join(self.directory, state["file"]), encoding="ascii") as file:
                lines = file.read().split("\n")[:-1]
            return state, check_state(lines, state)
        except (OSError, UnicodeError, ValueError, Mismatch) as error:
            # Damaged: what was accepted is still known, the lines come by the snapshot.
            print(f"relay: {self.name} is damaged ({error}): taking it anew", file=sys.stderr)
            return {**state, "damaged": True}, []

    def write(self, manifest, sequence, lines, before_it):
        """Renaming LIST.json is the one moment at which a version takes force."""
        claims = ("epoch", "version", "count", "digest", "chain", "exp")
        state = {claim: manifest[claim] for claim in claims}
        state["left"] = left_epochs(manifest, before_it)
        name = f"{self.name}-{manifest['version']}-{uuid.uuid4().hex[:8]}.csv"
        self._write(name, "".join(f"{line}\n" for line in lines))
        before = self._file_in_force()
        self._write(f"{self.name}.json.tmp", json.dumps({**state, "sequence": sequence, "file": name}))
        os.replace(self.path + ".tmp", self.path)
        self._sync(self.directory)
        if before and before != name:
            os.unlink(os.path.join(self.directory, before))

    def _file_in_force(self):
        if not os.path.exists(self.path):
            return None
        with open(self.path, encoding="ascii") as file:
            name = json.load(file)["file"]
        return name if os.path.exists(os.path.join(self.directory, name)) else None

    def _write(self, name, text):
        with open(os.path.join(self.directory, name), "w", encoding="ascii") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())

    @staticmethod
    def _sync(directory):
        handle = os.open(directory, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def left_epochs(manifest, state):
    """§7.1: the epochs before this manifest's; none of them comes back."""
    left = state.get("left", []) if state else []
    return left if not state or state["epoch"] == manifest["epoch"] else [state["epoch"], *left]


def judge(manifest, state):
    """§9.3: whether this manifest may follow what was accepted. Alarms come before age."""
    if state and manifest["epoch"] == state["epoch"]:
        demand(manifest["version"] >= state["version"], f"ROLLBACK: version {manifest['version']} is older")
        same = manifest["version"] == state["version"]
        demand(not same or manifest["digest"] == state["digest"], "SPLIT VIEW: the same version has another digest")
        demand(not same or manifest["chain"] == state["chain"], "SPLIT VIEW: the same version has another chain")
        if manifest["version"] == state["version"] + 1:
            chain = bytes.fromhex(state["chain"]) + bytes.fromhex(manifest["digest"])
            demand(hashlib.sha256(chain).hexdigest() == manifest["chain"], "SPLIT VIEW: the chain does not go on")
    elif state:
        demand(manifest["epoch"] not in state.get("left", []), "ROLLBACK: this epoch was left for a newer one")
        print(f"relay: a new history begins: epoch {manifest['epoch']}", file=sys.stderr)
    demand(manifest["exp"] > time.time(), "the manifest has expired: the list may be out of date", STALE)


def reach(exchange, name, manifest, state, lines):
    """§9.4: the signed version by a diff where one is served, else, or where it does not fit, by the snapshot, once."""
    whole = state and not state.get("damaged") and state["epoch"] == manifest["epoch"]
    if whole and state["version"] == manifest["version"]:
        return lines, "unchanged"
    if whole and state["version"] >= manifest["oldestDiff"]:
        try:
            diff = exchange.diff(name, manifest, state["version"], len(lines))
            return check_state(apply_diff(lines, diff), manifest), f"diff from version {state['version']}"
        except Mismatch as error:
            print(f"relay: the diff is of no use ({error}): taking the snapshot", file=sys.stderr)
    try:
        fresh, start = exchange.snapshot(name, manifest), manifest["snapshot"]["version"]
        if start < manifest["version"]:
            fresh = apply_diff(fresh, exchange.diff(name, manifest, start, len(fresh)))
        return check_state(fresh, manifest), "snapshot"
    except Mismatch as error:
        raise Stop(REFUSED, f"DIGEST MISMATCH: {error}") from error


def sync(credentials, directory, name):
    store, exchange = Store(directory, name), Exchange(credentials)
    state, lines = store.read()
    exchange.log_in()
    keys = exchange.key_set(state["sequence"] if state else 0)
    manifest = exchange.manifest(name, keys)
    judge(manifest, state)
    lines, way = reach(exchange, name, manifest, state, lines)
    if way != "unchanged" or manifest["exp"] != state["exp"] or keys["sequence"] != state["sequence"]:
        store.write(manifest, keys["sequence"], lines, state)
    print(f"{name}: version {manifest['version']} ({way}), {manifest['count']} entries, digest {manifest['digest'][:12]}")
    exchange.receipt(name, manifest)


def main():
    if len(sys.argv) not in (3, 4):
        print(__doc__, file=sys.stderr)
        return FAILED
    with open(sys.argv[1], encoding="utf-8") as file:
        credentials = json.load(file)
    try:
        sync(credentials, sys.argv[2], sys.argv[3] if len(sys.argv) == 4 else "sender-numbers")
        return 0
    except Stop as stop:
        print(f"relay: {stop}", file=sys.stderr)
        return stop.code
    except (KeyError, TypeError, ValueError) as error:
        print(f"relay: not in the form of the format: {error!r}", file=sys.stderr)
        return REFUSED


if __name__ == "__main__":
    sys.exit(main())
