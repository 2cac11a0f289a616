# A Jasmin MT interceptor: asks the sidecar (chadan relay) about the sender of each message, and refuses a listed one
# with ESME_RINVSRCADR (10). docs/gateways/jasmin.md says how to add it. Jasmin runs this text with its names as
# locals, where no function would see them: so there is none.
import json
import logging
import urllib.parse
import urllib.request

SIDECAR = "http://127.0.0.1:8090"
# Messages wait behind each other for it.
TIMEOUT_SECONDS = 0.5
# What becomes of a message that the sidecar gives no answer for: 88 (ESME_RTHROTTLED), the client sends it again
# later; 10, it is refused; None, it passes.
STATUS_WITHOUT_ANSWER = 88

sender = routable.pdu.params.get("source_addr") or ""  # noqa: F821
if isinstance(sender, bytes):
    sender = sender.decode("latin-1")

# Digits that are not dialled in Korea may be a country's, with the plus said by the TON or not at all.
spellings = [sender, "+" + sender] if sender[:1] in tuple("123456789") else [sender]

# Without a sender the message centre would put in one that nobody looked up.
status = None if sender else 10
try:
    # No proxy of the environment: the sidecar is on this machine.
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    for spelling in spellings if sender else []:
        url = SIDECAR + "/check?from=" + urllib.parse.quote(spelling, safe="")
        with opener.open(url, timeout=TIMEOUT_SECONDS) as response:
            blocked = json.loads(response.read(65536).decode("utf-8"))["blocked"]
        if not isinstance(blocked, bool):
            raise ValueError("the sidecar answered something else")
        if blocked:
            status = 10
            break
except Exception as error:
    logging.getLogger("jasmin-interceptor-pb").warning("chadan: no answer for a sender: %r", error)
    status = STATUS_WITHOUT_ANSWER

# A status of 0 would drop the message and call it sent: what passes has none.
if status is not None:
    smpp_status = status
    http_status = 403 if status == 10 else 503
