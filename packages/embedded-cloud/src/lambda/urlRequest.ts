import { outageOf } from '../core/outage';
import { AwsError } from '../core/errors';
import { limits } from './answer';
import { isPublic, partsOf } from './functionUrls';
import { type HttpRequest, type HttpResponse, textResponse } from './http';
import { invokeOnce, type Invoker } from './invocation';
import { badGateway, urlAnswer } from './urlAnswer';
import { urlEvent } from './urlEvent';

const forbidden = (): HttpResponse =>
  textResponse(
    403,
    '{"Message":"Forbidden. For troubleshooting Function URL authorization issues, see: https://docs.aws.amazon.com/lambda/latest/dg/urls-auth.html"}',
    { 'x-amzn-errortype': 'AccessDeniedException' },
  );

const throttled = (error: AwsError): HttpResponse =>
  textResponse(
    429,
    JSON.stringify({
      Reason: error.details.Reason ?? 'ConcurrentInvocationLimitExceeded',
      Type: 'User',
      message: error.message,
    }),
    { 'x-amzn-errortype': 'TooManyRequestsException' },
  );

const never = (): Promise<HttpResponse> => new Promise(() => undefined);

/**
 * A request to a function URL of this region, and its response. If the function throws, dies or times out, the
 * response is 502. Without free concurrency it is 429. If the policy lacks one of its two statements, it is 403. An
 * event over 6 MB gives 413. Signed requests are not modelled: a URL of type `AWS_IAM` refuses all.
 */
export const requestUrl = async (invoker: Invoker, request: HttpRequest): Promise<HttpResponse> => {
  const { region, runtime, state } = invoker;
  await runtime.clock.sleep(region.chance.around(region.timings.apiMs, region.timings.spread));
  const outage = outageOf(region.faults, { region: region.name, service: 'lambda', now: region.now() });
  if (outage)
    return outage.manner === 'silent' ? never() : textResponse(503, '{"message":"Service Unavailable"}');
  const { urlId = '' } = partsOf(new URL(request.url).hostname) ?? {};
  const url = state().urls?.[urlId];
  const definition = url && state().functions[url.functionName];
  if (!definition || !isPublic(state(), url)) return forbidden();
  const requestId = region.newId();
  const payload = JSON.stringify(urlEvent(request, { urlId, requestId, now: region.now() }));
  if (Buffer.byteLength(payload) > limits.request)
    return textResponse(413, '{"Message":"Request Entity Too Large"}');
  try {
    const outcome = await invokeOnce(invoker, definition, payload, requestId);
    const response = 'payload' in outcome ? urlAnswer(outcome.payload) : badGateway();
    return { ...response, headers: { ...response.headers, 'x-amzn-requestid': requestId } };
  } catch (error) {
    if (error instanceof AwsError && error.name === 'TooManyRequestsException') return throttled(error);
    throw error;
  }
};
