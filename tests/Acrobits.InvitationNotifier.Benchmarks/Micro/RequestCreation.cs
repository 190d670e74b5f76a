using Acrobits.InvitationNotifier.Benchmarks.Load;
using BenchmarkDotNet.Attributes;

namespace Acrobits.InvitationNotifier.Benchmarks.Micro;

/// <summary>From an invitation to the request with its headers.</summary>
public class RequestCreation
{
    private Workload _workload = null!;
    private InvitationEndpoint _endpoint = null!;
    private HandWrittenRequest _byHand = null!;

    [Params(false, true)]
    public bool IsPost { get; set; }

    [GlobalSetup]
    public void Prepare()
    {
        _workload = new Workload(new Uri("https://example.com"), IsPost, ReusesConnections: false, Concurrency: 1);
        _endpoint = InvitationEndpoint.Create(new InvitationEndpointOptions
        {
            InvitationCreatedUrl = _workload.UrlTemplate,
            InvitationCreatedPostData = IsPost ? Workload.JsonTemplate : null,
            InvitationCreatedContentType = IsPost ? "application/json" : null,
        });
        _byHand = new HandWrittenRequest(_workload);
    }

    [Benchmark(Baseline = true)]
    public void ByHand()
    {
        using var request = _byHand.Create(_workload.Invitation);
        request.Headers.TryAddWithoutValidation("Connection", "close");
        request.Headers.TryAddWithoutValidation("Cache-Control", DocumentedRequest.CacheControl);
        request.Headers.TryAddWithoutValidation("User-Agent", DocumentedRequest.UserAgent);
    }

    [Benchmark]
    public void Library()
    {
        using var request = _endpoint.CreateRequest(_workload.Invitation);
    }
}
