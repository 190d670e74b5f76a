namespace Acrobits.InvitationNotifier.Benchmarks.Load;

/// <summary>One of those that are compared.</summary>
internal sealed record LoadContender(string Name, Func<Workload, ILoadClient> Create)
{
    public static LoadContender Library { get; } = new("this library", workload => new NotifierClient(workload));

    public static LoadContender Bare { get; } = new("bare handler", workload => new BareClient(workload));

    public static LoadContender StandardHandler { get; } =
        new("by hand, standard resilience handler", workload => new StandardHandlerClient(workload));

    public static LoadContender[] All { get; } =
    [
        Bare,
        Library,
        new("by hand, Polly", workload => new PollyClient(workload)),
        StandardHandler,
        new("Refit", workload => new RefitClient(workload)),
        new("RestSharp", workload => new RestSharpClient(workload)),
    ];
}
