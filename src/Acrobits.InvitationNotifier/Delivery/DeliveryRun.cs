using Acrobits.InvitationNotifier.Configuration;
using Acrobits.InvitationNotifier.Egress;
using Acrobits.InvitationNotifier.Endpoints;

namespace Acrobits.InvitationNotifier.Delivery;

/// <summary>The delivery of one invitation: its request, its settings and its progress.</summary>
internal sealed class DeliveryRun(
    Invitation invitation,
    InvitationEndpoint endpoint,
    ExpandedInvitation expanded,
    CompiledConfiguration configuration,
    bool once,
    TimeProvider time,
    CancellationToken cancellationToken)
{
    // Long enough for bursts to a healthy provider, short enough that a slow one does not hold up a worker.
    private static readonly TimeSpan MaxWaitOnce = TimeSpan.FromMilliseconds(100);

    private long _started;

    public string NetworkId => invitation.NetworkId;

    public InvitationEvent Event => invitation.Event;

    /// <summary>Whether any network id leads to the web service.</summary>
    public bool IsForAllNetworks => endpoint.IsForAllNetworks;

    public WebService WebService => endpoint.WebServiceOf(invitation.Event)!;

    public ExpandedInvitation Expanded => expanded;

    public RequestDefaults RequestDefaults => configuration.RequestDefaults;

    public ConnectionProfile Connections =>
        endpoint.Tls is { } tls ? configuration.Connections with { Tls = tls.Current } : configuration.Connections;

    public DeliverySettings Settings => configuration.Delivery;

    /// <summary>Whether only one attempt is made, with a short wait for the limits of the destination.</summary>
    public bool Once => once;

    public TimeProvider Time => time;

    /// <summary>The caller's cancellation token.</summary>
    public CancellationToken CancellationToken => cancellationToken;

    /// <summary>The number of requests started.</summary>
    public int Attempts { get; private set; }

    /// <summary>The result of the last request; null before the first one, and if a handler of the application threw an exception.</summary>
    public Attempt? Last { get; set; }

    /// <summary>The rest of the total timeout, which starts with the first request.</summary>
    public TimeSpan TimeLeft =>
        Attempts == 0 ? Settings.TotalTimeout : Settings.TotalTimeout - time.GetElapsedTime(_started);

    /// <summary>How long an attempt may wait for the limits of the destination.</summary>
    public TimeSpan MaxWait
    {
        get
        {
            var most = once && MaxWaitOnce < TimeLeft ? MaxWaitOnce : TimeLeft;
            return most > TimeSpan.Zero ? most : TimeSpan.Zero;
        }
    }

    /// <summary>Counts a request.</summary>
    public void StartAttempt()
    {
        if (Attempts++ == 0)
        {
            _started = time.GetTimestamp();
        }
    }
}
