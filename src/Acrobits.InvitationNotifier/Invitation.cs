using System.Buffers;
using System.Text;
using Acrobits.InvitationNotifier.Text;

namespace Acrobits.InvitationNotifier;

/// <summary>
/// One user has invited somebody: the three values that the "invitation created" web service knows.
/// </summary>
/// <remarks>
/// <see cref="ToString"/> shows the network alone, so that an invitation can be logged without telling
/// who was invited by whom.
/// </remarks>
public sealed record Invitation
{
    private readonly string _invitee;
    private readonly string _invitor;
    private readonly string _networkId;
    private readonly string? _id;

    /// <summary>Creates an invitation.</summary>
    /// <param name="invitee">The phone number of the user who was invited; expands <c>%invitee%</c>.</param>
    /// <param name="invitor">The SIP user name of the user who invited; expands <c>%invitor%</c>.</param>
    /// <param name="networkId">The network both belong to, typically the Cloud ID of the app; expands <c>%network_id%</c>.</param>
    /// <exception cref="ArgumentNullException">A part is <see langword="null"/>.</exception>
    /// <exception cref="ArgumentException">A part is empty, blank, or not valid UTF-16 (it has an unpaired surrogate).</exception>
    public Invitation(string invitee, string invitor, string networkId)
    {
        _invitee = Checked(invitee, nameof(invitee));
        _invitor = Checked(invitor, nameof(invitor));
        _networkId = Checked(networkId, nameof(networkId));
    }

    /// <summary>The phone number of the user who was invited.</summary>
    /// <exception cref="ArgumentException">The text is null, empty, blank or not valid UTF-16.</exception>
    public string Invitee { get => _invitee; init => _invitee = Checked(value, nameof(value)); }

    /// <summary>The SIP user name of the user who invited.</summary>
    /// <exception cref="ArgumentException">The text is null, empty, blank or not valid UTF-16.</exception>
    public string Invitor { get => _invitor; init => _invitor = Checked(value, nameof(value)); }

    /// <summary>The network both belong to, typically the Cloud ID of the app. Networks are matched exactly.</summary>
    /// <exception cref="ArgumentException">The text is null, empty, blank or not valid UTF-16.</exception>
    public string NetworkId { get => _networkId; init => _networkId = Checked(value, nameof(value)); }

    /// <summary>
    /// What tells this invitation from another one of the same users, the same in each of its deliveries; it is sent as
    /// <c>Idempotency-Key</c> where <see cref="InvitationWebServiceOptions.SendIdempotencyKey"/> asks for it.
    /// <see langword="null"/>, the default: each notification, or each invitation that is enqueued, is given one.
    /// </summary>
    /// <exception cref="ArgumentException">
    /// The text is empty, longer than 128 characters, or has characters other than printable ASCII without <c>"</c> and <c>\</c>.
    /// </exception>
    public string? Id { get => _id; init => _id = value is null || IsId(value) ? value : throw NoId(nameof(value)); }

    /// <summary>This invitation with an <see cref="Id"/>, its own or a new one.</summary>
    internal Invitation WithId() => Id is null ? this with { Id = NewId() } : this;

    internal static string NewId() => Guid.NewGuid().ToString("D");

    /// <summary>Names the network; never the invited or the inviting user.</summary>
    /// <returns>A text for logs.</returns>
    public override string ToString() => $"{nameof(Invitation)} {{ {nameof(NetworkId)} = {new Printable(NetworkId)} }}";

    // The messages leave the value out: it is a phone number or a user name.
    private static string Checked(string value, string parameter)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(value, parameter);
        return IsWellFormed(value)
            ? value
            : throw new ArgumentException("The text is not valid UTF-16: it has an unpaired surrogate.", parameter);
    }

    // What a quoted string of RFC 8941, section 3.3.3, carries without escapes.
    private static bool IsId(string text) => text.Length is > 0 and <= 128 && !text.AsSpan().ContainsAnyExceptInRange(' ', '~')
        && !text.AsSpan().ContainsAny('"', '\\');

    private static ArgumentException NoId(string parameter) => new(
        "The id is empty, longer than 128 characters, or has characters other than printable ASCII without \" and \\.", parameter);

    internal static bool IsWellFormed(ReadOnlySpan<char> text)
    {
        while (!text.IsEmpty)
        {
            if (Rune.DecodeFromUtf16(text, out _, out var length) != OperationStatus.Done)
            {
                return false;
            }

            text = text[length..];
        }

        return true;
    }
}
