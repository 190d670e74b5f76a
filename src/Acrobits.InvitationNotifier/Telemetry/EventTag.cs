namespace Acrobits.InvitationNotifier.Telemetry;

/// <summary>The event of an invitation in metrics, activities and log messages.</summary>
internal static class EventTag
{
    public const string Name = "acrobits.invitation_notifier.event";

    public static string Of(Invitation invitation) => invitation.Event == InvitationEvent.Accepted ? "accepted" : "created";
}
