using System.Text.Json.Serialization;

namespace Acrobits.InvitationNotifier;

/// <summary>How the delivery of one invitation ended. It is serialised to JSON as text.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<NotificationOutcome>))]
public enum NotificationOutcome
{
    /// <summary>The provider answered 204, the only answer that the web service counts as success.</summary>
    Delivered = 0,

    /// <summary>The provider answered anything else, after the retries that the status allows.</summary>
    Rejected = 1,

    /// <summary>No usable answer came: name resolution, connect, TLS, reset, malformed response or timeout.</summary>
    Unreachable = 2,

    /// <summary>Not sent: the destination's address is outside what <see cref="EgressOptions"/> allows.</summary>
    Blocked = 3,

    /// <summary>
    /// Not sent: the web service failed too often or asked for a pause, or its destination is at its concurrency limit.
    /// </summary>
    Suspended = 4,

    /// <summary>Not sent: the network has no web service. That is normal.</summary>
    NotConfigured = 5,

    /// <summary>
    /// Not sent: a value cannot be carried where the template puts it, for instance U+0001 in XML or ".." as a whole
    /// segment of the path.
    /// </summary>
    Unrepresentable = 6,
}
