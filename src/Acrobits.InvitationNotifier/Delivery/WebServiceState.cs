using Acrobits.InvitationNotifier.Configuration;

namespace Acrobits.InvitationNotifier.Delivery;

/// <summary>The state of one web service between deliveries: its circuit, and its share of the destination.</summary>
internal sealed class WebServiceState(DestinationLimits limits, TimeProvider time)
{
    // The counter is negative once the state is retired.
    private const int Retired = int.MinValue / 2;

    private int _runs;
    private long _keepUntil = time.GetTimestamp();

    public Circuit Circuit { get; } = new(time);

    public DestinationLimits Limits => limits;

    public DestinationShare Share { get; } = new();

    /// <summary>Begins a delivery. Returns false if the state was retired in the meantime.</summary>
    public bool TryEnter() => Interlocked.Increment(ref _runs) > 0;

    /// <summary>Ends a delivery. The state is kept for as long as the circuit can sample and break.</summary>
    public void Leave(DeliverySettings settings)
    {
        var keep = (settings.SamplingDuration + settings.BreakDuration).TotalSeconds * time.TimestampFrequency;
        Volatile.Write(ref _keepUntil, time.GetTimestamp() + (long)keep);
        Interlocked.Decrement(ref _runs);
    }

    /// <summary>Retires the state if no delivery is under way and the circuit no longer needs it.</summary>
    public bool TryRetire() => time.GetTimestamp() > Volatile.Read(ref _keepUntil)
        && !Circuit.IsPaused
        && Interlocked.CompareExchange(ref _runs, Retired, 0) == 0;
}
