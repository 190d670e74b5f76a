using Acrobits.InvitationNotifier.Benchmarks.Load;
using BenchmarkDotNet.Attributes;

namespace Acrobits.InvitationNotifier.Benchmarks.Micro;

/// <summary>A notification from call to result, with a provider that answers at once.</summary>
public class WholeNotification : IDisposable
{
    private Workload _workload = null!;
    private NotifierClient _library = null!;
    private PollyClient _byHand = null!;

    [Params(false, true)]
    public bool IsPost { get; set; }

    [GlobalSetup]
    public void Prepare()
    {
        _workload = new Workload(new Uri("https://example.com"), IsPost, ReusesConnections: true, Concurrency: 1);
        _library = new NotifierClient(_workload, new NoContentHandler());
        _byHand = new PollyClient(_workload, new NoContentHandler());
    }

    [GlobalCleanup]
    public void Dispose()
    {
        _library.Dispose();
        _byHand.Dispose();
        GC.SuppressFinalize(this);
    }

    [Benchmark(Baseline = true)]
    public ValueTask HttpClientAndPolly() => _byHand.SendAsync(_workload.Invitation);

    [Benchmark]
    public ValueTask Library() => _library.SendAsync(_workload.Invitation);
}
