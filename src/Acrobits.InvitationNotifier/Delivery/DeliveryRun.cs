using Acrobits.InvitationNotifier.Configuration;
using Acrobits.InvitationNotifier.Egress;
using Acrobits.InvitationNotifier.Templates;

namespace Acrobits.InvitationNotifier.Delivery;

/// <summary>The delivery of one invitation: what is sent, under which settings, and how far it has come.</summary>
internal sealed class DeliveryRun(
    string networkId,
    InvitationEndpoint endpoint,
    ExpandedInvitation expanded,
    CompiledConfiguration configuration,
    bool once,
    TimeProvider time,
    CancellationToken cancellationToken)
{
    // Long enough where many come at once for a healthy provider; short where a slow one would hold up a worker.
    private static readonly TimeSpan MaxWaitOnce = TimeSpan.FromMilliseconds(100);

    private long _started;

    public string NetworkId => networkId;

    public InvitationEndpoint Endpoint => endpoint;

    public ExpandedInvitation Expanded => expanded;

    public RequestDefaults RequestDefaults => configuration.RequestDefaults;

    public ConnectionProfile Connections => configuration.Connections;

    public DeliverySettings Settings => configuration.Delivery;

    /// <summary>Whether the first attempt is final, and the wait for a slot a short one.</summary>
    public bool Once => once;

    public TimeProvider Time => time;

    /// <summary>The caller's cancellation.</summary>
    public CancellationToken CancellationToken => cancellationToken;

    /// <summary>How many requests were started.</summary>
    public int Attempts { get; private set; }

    /// <summary>How the last request ended; null before the first.</summary>
    public Attempt? Last { get; set; }

    /// <summary>What a handler of the application threw.</summary>
    public Exception? ApplicationsException { get; set; }

    /// <summary>What is left of the total timeout, which begins with the first request.</summary>
    public TimeSpan TimeLeft =>
        Attempts == 0 ? Settings.TotalTimeout : Settings.TotalTimeout - time.GetElapsedTime(_started);

    /// <summary>How long an attempt may wait for a slot.</summary>
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
