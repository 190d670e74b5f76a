namespace Acrobits.InvitationNotifier.Delivery;

/// <summary>Makes entries of delivery logs. They hold no phone number and no user name.</summary>
internal static class DeliveryLogEntries
{
    public static DeliveryLogEntry From(NotificationReport report)
    {
        var (invitation, result) = (report.Invitation, report.Result);
        return new DeliveryLogEntry
        {
            Time = report.Time,
            Event = invitation.Event,
            NetworkId = invitation.NetworkId,
            InvitationId = invitation.Id,
            Delivery = report.Delivery,
            Outcome = result?.Outcome,
            StatusCode = result?.StatusCode,
            Reason = result?.Reason,
            Attempts = result?.Attempts ?? 0,
            Duration = result?.Duration ?? TimeSpan.Zero,
            Progress = report.Progress,
            NextDelivery = report.NextDelivery,
        };
    }
}
