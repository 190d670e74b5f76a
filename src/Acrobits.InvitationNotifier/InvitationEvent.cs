namespace Acrobits.InvitationNotifier;

/// <summary>Specifies what happened to an invitation. Each event has a web service of its own.</summary>
public enum InvitationEvent
{
    /// <summary>Somebody was invited: the "invitation created" web service.</summary>
    Created,

    /// <summary>The invited user joined: the "invitation accepted" web service.</summary>
    Accepted,
}
