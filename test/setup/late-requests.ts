// supertest's requests of someone whose credentials are fetched, and renewed, while the tests run.
import supertest from 'supertest';

/** @param headers what each request says of who sends it, asked for when it is about to end */
export function lateRequests(url: string, headers: () => Promise<Record<string, string>>) {
  const request = (
    method: 'get' | 'post' | 'put' | 'patch' | 'delete',
    path: string,
    body?: string | object,
  ) => {
    const test = supertest(url)[method](path);
    // superagent awaits nothing before it sends: the headers are put in when the request is about to end.
    const end = test.end.bind(test);
    test.end = ((callback: never) => {
      headers().then(
        (given) => end.call(test.set(given), callback),
        (error) => (callback as (error: unknown) => void)(error),
      );
      return test;
    }) as typeof test.end;
    return body === undefined ? test : test.send(body);
  };
  return {
    get: (path: string) => request('get', path),
    post: (path: string, body?: string | object) => request('post', path, body),
    put: (path: string, body?: string | object) => request('put', path, body),
    patch: (path: string, body?: string | object) => request('patch', path, body),
    delete: (path: string) => request('delete', path),
  };
}
