namespace Acrobits.InvitationNotifier;

/// <summary>Options of the delivery log in memory.</summary>
public sealed class InvitationDeliveryLogOptions
{
    /// <summary>The maximum number of deliveries that the log keeps. At least 1; default 10,000.</summary>
    /// <remarks>If it is full, a new delivery replaces the oldest one of the network with the most deliveries.</remarks>
    public int Capacity { get; set; } = 10_000;

    /// <summary>The maximum number of deliveries of one network. At least 1; default 500.</summary>
    /// <remarks>If it is reached, a new delivery of the network replaces its oldest one.</remarks>
    public int CapacityPerNetwork { get; set; } = 500;
}
