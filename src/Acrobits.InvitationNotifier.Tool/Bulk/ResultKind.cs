using System.Net;

namespace Acrobits.InvitationNotifier.Tool.Bulk;

/// <summary>What the results of one row of the summary have in common.</summary>
/// <param name="Outcome">The outcome.</param>
/// <param name="Status">The status of the last answer, if there was one.</param>
/// <param name="Reason">Why the invitation was not delivered. Null if it was.</param>
internal sealed record ResultKind(NotificationOutcome Outcome, HttpStatusCode? Status, string? Reason);
