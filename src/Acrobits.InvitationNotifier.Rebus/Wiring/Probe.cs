namespace Acrobits.InvitationNotifier.Rebus.Wiring;

/// <summary>Records how the bus would send an invitation.</summary>
internal sealed class Probe
{
    /// <summary>Whether the bus was configured with <c>UseInvitationMessages</c>.</summary>
    public bool HasArrived { get; set; }

    /// <summary>The queue that the bus receives from; null for a one-way client.</summary>
    public string? OwnAddress { get; set; }

    /// <summary>The queue that invitations are sent to.</summary>
    public string? Destination { get; set; }
}
