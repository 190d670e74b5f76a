using System.Net;
using System.Runtime.CompilerServices;
using Polly;
using Polly.CircuitBreaker;
using Polly.Retry;

namespace Acrobits.InvitationNotifier.Benchmarks.Load;

/// <summary>What one would write by hand, with the same strategies as the library.</summary>
internal sealed class PollyClient : ILoadClient
{
    private readonly HttpClient _client;
    private readonly HandWrittenRequest _request;
    private readonly ResiliencePipeline<HttpResponseMessage> _pipeline;

    public PollyClient(Workload workload, HttpMessageHandler? handler = null)
    {
        _request = new HandWrittenRequest(workload);
        _client = new HttpClient(handler ?? Handlers.Create(workload.ReusesConnections)) { Timeout = Timeout.InfiniteTimeSpan }.WithDocumentedHeaders(workload);
        _pipeline = new ResiliencePipelineBuilder<HttpResponseMessage>()
            .AddConcurrencyLimiter(workload.Concurrency, queueLimit: 1024)
            .AddTimeout(TimeSpan.FromSeconds(30))
            .AddRetry(new RetryStrategyOptions<HttpResponseMessage>
            {
                BackoffType = DelayBackoffType.Exponential,
                UseJitter = true,
                ShouldHandle = static arguments => new(IsTransient(arguments.Outcome)),
            })
            .AddCircuitBreaker(new CircuitBreakerStrategyOptions<HttpResponseMessage>
            {
                ShouldHandle = static arguments => new(IsTransient(arguments.Outcome)),
            })
            .AddTimeout(TimeSpan.FromSeconds(10))
            .Build();
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder))]
    public async ValueTask SendAsync(Invitation invitation)
    {
        using var response = await _pipeline.ExecuteAsync(
            static async (state, cancellationToken) =>
            {
                using var request = state.Client._request.Create(state.Invitation);
                return await state.Client._client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken);
            },
            (Client: this, Invitation: invitation));
        Handlers.Expect204(response.StatusCode);
    }

    public void Dispose() => _client.Dispose();

    private static bool IsTransient(Outcome<HttpResponseMessage> outcome) => outcome switch
    {
        { Exception: HttpRequestException or Polly.Timeout.TimeoutRejectedException } => true,
        { Result.StatusCode: HttpStatusCode.RequestTimeout or HttpStatusCode.TooManyRequests or >= HttpStatusCode.InternalServerError } => true,
        _ => false,
    };
}
