namespace Acrobits.InvitationNotifier;

/// <summary>Selects deliveries of an <see cref="IDeliveryLog"/>. A property that is not set matches all deliveries.</summary>
public sealed record DeliveryLogQuery
{
    private readonly int _skip;
    private readonly int _limit = 100;

    /// <summary>The network id, matched exactly.</summary>
    public string? NetworkId { get; init; }

    /// <summary>The id of the invitation, matched exactly.</summary>
    public string? InvitationId { get; init; }

    /// <summary>The event of the invitation.</summary>
    public InvitationEvent? Event { get; init; }

    /// <summary>The outcome of the delivery.</summary>
    public NotificationOutcome? Outcome { get; init; }

    /// <summary>What followed the delivery.</summary>
    public NotificationProgress? Progress { get; init; }

    /// <summary>The earliest time.</summary>
    public DateTimeOffset? From { get; init; }

    /// <summary>The end of the time span, which is not part of it.</summary>
    public DateTimeOffset? To { get; init; }

    /// <summary>The number of newest matches to leave out, for paging. Default: 0.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is negative.</exception>
    public int Skip { get => _skip; init => _skip = AtLeast(0, value); }

    /// <summary>The maximum number of entries to return. At least 1; default 100.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is less than 1.</exception>
    public int Limit { get => _limit; init => _limit = AtLeast(1, value); }

    private static int AtLeast(int least, int value)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(value, least);
        return value;
    }
}
