using System.Net.Http.Headers;
using System.Runtime.CompilerServices;
using System.Text;

namespace Acrobits.InvitationNotifier.Benchmarks.Load;

/// <summary>The least that .NET can do: the handler alone, with a URL and a body that are always the same.</summary>
internal sealed class BareClient : ILoadClient
{
    private static readonly MediaTypeHeaderValue Json = new("application/json");

    private readonly HttpMessageInvoker _invoker;
    private readonly bool _reusesConnections;
    private readonly Uri _url;
    private readonly byte[]? _body;

    public BareClient(Workload workload)
    {
        var byHand = new HandWrittenRequest(workload);
        _invoker = new HttpMessageInvoker(Handlers.Create(workload.ReusesConnections));
        _reusesConnections = workload.ReusesConnections;
        _url = new Uri(byHand.Url(workload.Invitation));
        _body = workload.IsPost ? Encoding.UTF8.GetBytes(byHand.Body(workload.Invitation)) : null;
        if (_body?.Length is { } length && length != Workload.BodyLength)
        {
            throw new InvalidOperationException($"The body has {length} bytes.");
        }
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder))]
    public async ValueTask SendAsync(Invitation invitation)
    {
        using var request = new HttpRequestMessage(_body is null ? HttpMethod.Get : HttpMethod.Post, _url);
        if (!_reusesConnections)
        {
            request.Headers.TryAddWithoutValidation("Connection", "close");
        }

        request.Headers.TryAddWithoutValidation("Cache-Control", DocumentedRequest.CacheControl);
        request.Headers.TryAddWithoutValidation("User-Agent", DocumentedRequest.UserAgent);
        if (_body is not null)
        {
            request.Content = new ByteArrayContent(_body);
            request.Content.Headers.ContentType = Json;
        }

        using var response = await _invoker.SendAsync(request, CancellationToken.None);
        Handlers.Expect204(response.StatusCode);
    }

    public void Dispose() => _invoker.Dispose();
}
