namespace Acrobits.InvitationNotifier.PostgreSql.DeliveryLog;

/// <summary>A delivery, with its number in this process.</summary>
internal readonly record struct NumberedEntry(long Number, DeliveryLogEntry Entry);
