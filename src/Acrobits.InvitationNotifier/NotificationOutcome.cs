using System.Text.Json.Serialization;

namespace Acrobits.InvitationNotifier;

/// <summary>Specifies how the delivery of an invitation ended. Serialized to JSON as text.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<NotificationOutcome>))]
public enum NotificationOutcome
{
    /// <summary>The provider responded with 204, the only status that means success.</summary>
    Delivered = 0,

    /// <summary>The provider responded with another status, after the retries that the status allows.</summary>
    Rejected = 1,

    /// <summary>
    /// The provider sent no usable response: name resolution, connection or TLS failed, the response was malformed, or it
    /// timed out.
    /// </summary>
    Unreachable = 2,

    /// <summary>Not sent: <see cref="EgressOptions"/> does not allow the destination's address.</summary>
    Blocked = 3,

    /// <summary>
    /// Not sent: the web service's circuit is open, its provider asked for a pause, or the destination is at its concurrency
    /// limit or its rate limit.
    /// </summary>
    Suspended = 4,

    /// <summary>Not sent: the network has no web service. This is not an error.</summary>
    NotConfigured = 5,

    /// <summary>
    /// Not sent: a value cannot be represented at its place in the template, for instance U+0001 in XML or ".." as a segment
    /// of the path.
    /// </summary>
    Unrepresentable = 6,
}
