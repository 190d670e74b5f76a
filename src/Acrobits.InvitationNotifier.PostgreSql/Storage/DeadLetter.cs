namespace Acrobits.InvitationNotifier.PostgreSql.Storage;

/// <summary>A dead message, and where it stands among the others.</summary>
internal readonly record struct DeadLetter(DeadInvitation Invitation, DateTimeOffset Visible, long Id);
