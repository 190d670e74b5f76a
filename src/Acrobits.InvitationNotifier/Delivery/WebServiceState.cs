using Acrobits.InvitationNotifier.Configuration;

namespace Acrobits.InvitationNotifier.Delivery;

/// <summary>What is remembered of one web service between deliveries: its circuit, and its share of the destination.</summary>
internal sealed class WebServiceState(DestinationLimits limits, TimeProvider time)
{
    // Below zero once the state was given back.
    private const int Retired = int.MinValue / 2;

    private int _runs;
    private long _keepUntil = time.GetTimestamp();

    public Circuit Circuit { get; } = new(time);

    public DestinationLimits Limits => limits;

    public DestinationShare Share { get; } = new();

    /// <summary>Begins a delivery; false where the state was given back meanwhile.</summary>
    public bool TryEnter() => Interlocked.Increment(ref _runs) > 0;

    /// <summary>Ends a delivery. What the circuit knows is of use for as long as it samples and breaks.</summary>
    public void Leave(DeliverySettings settings)
    {
        var keep = (settings.SamplingDuration + settings.BreakDuration).TotalSeconds * time.TimestampFrequency;
        Volatile.Write(ref _keepUntil, time.GetTimestamp() + (long)keep);
        Interlocked.Decrement(ref _runs);
    }

    /// <summary>Gives the state back where nothing is under way and nothing is worth remembering.</summary>
    public bool TryRetire() => time.GetTimestamp() > Volatile.Read(ref _keepUntil)
        && !Circuit.IsPaused
        && Interlocked.CompareExchange(ref _runs, Retired, 0) == 0;
}
