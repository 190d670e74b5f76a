using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Acrobits.InvitationNotifier.Templates;

/// <summary>
/// Converts the host of a URL to its ASCII name or address. Rejects hosts that different parsers read differently (URL
/// Standard, "host parsing"). The result does not depend on the globalization mode.
/// </summary>
internal static class HostName
{
    private const int MaxLength = 253;
    private const int MaxLabelLength = 63;

    /// <summary>Reads a host. Returns null, or the problem and its index.</summary>
    public static (int Index, string Problem)? Read(string text, out string host)
    {
        host = text;
        if (text.StartsWith('['))
        {
            return IsIPv6(text) && TryNormalize(ref host, out _)
                ? null
                : (0, "it is not a valid IPv6 address. Write one without a zone, such as [2001:db8::1]");
        }

        for (var i = 0; i < text.Length; i++)
        {
            if (!char.IsAsciiLetterOrDigit(text[i]) && text[i] is not ('.' or '-' or '_') && !IsInternational(text[i]))
            {
                return (i, text[i] switch
                {
                    ':' => "a colon. Write an IPv6 address in brackets, such as [2001:db8::1]",
                    < '\u0080' => "a character that is not allowed in a host. Write a host name or an address",
                    _ => "a character that programs read in different ways. Write the host in its ASCII form (xn--...)",
                });
            }
        }

        // Only ASCII letters are left to map; other characters that the mapping changes were rejected above.
        host = text.ToLowerInvariant();
        if (!Ascii.IsValid(host))
        {
            if (Array.Exists(host.Split('.'), HasHyphensAtOddPlaces))
            {
                return (0, "hyphens that programs read in different ways next to international letters. Write the host in its ASCII form (xn--...)");
            }

            if (HasValidLengths(host))
            {
                TryEncode(ref host);
            }
        }

        if (!HasValidLengths(host) || !Ascii.IsValid(host))
        {
            return (0, $"a part between dots is empty or longer than {MaxLabelLength} characters, or the whole is longer than {MaxLength}. Write a host name or an address");
        }

        if (!TryNormalize(ref host, out var type))
        {
            return (0, "it is not a valid host name. Write a host name or an address");
        }

        // Legacy forms of an IPv4 address ("127.1", "0x7f000001") are already normalized here.
        return EndsInNumber(host) && type != UriHostNameType.IPv4
            ? (0, "a host that ends in a number is an IPv4 address. Write it as four numbers up to 255, such as 192.0.2.1")
            : null;
    }

    // Letters that the URL Standard does not change: neither mapped nor forbidden, written from left to right, and never
    // composed. The globalization-invariant mode maps nothing, so it gives the same result for them.
    private static bool IsInternational(char c) => c switch
    {
        // Compatibility letters, which are mapped, and a letter of a later Unicode version.
        '\u0133' or '\u0140' or '\u0149' or '\u01C6' or '\u01C9' or '\u01CC' or '\u01F3' or '\u04CF' => false,
        (>= '\u00DF' and <= '\u017E') or (>= '\u0180' and <= '\u0233') or (>= '\u0250' and <= '\u02AD')
            or (>= '\u1E00' and <= '\u1E99') or (>= '\u1EA0' and <= '\u1EF9') // Latin
            or (>= '\u0390' and <= '\u03CE') // Greek
            or (>= '\u0430' and <= '\u045F') or (>= '\u048A' and <= '\u04F9') // Cyrillic
            or (>= '\u0561' and <= '\u0586') => char.IsLower(c), // Armenian
        _ => c is (>= '\u10D0' and <= '\u10F6') // Georgian
            or (>= '\u3005' and <= '\u3007') or (>= '\u3041' and <= '\u3096')
            or (>= '\u30A1' and <= '\u30FA') or (>= '\u30FC' and <= '\u30FE') // Japanese
            or (>= '\u3400' and <= '\u4DB5') or (>= '\u4E00' and <= '\u9FA5') // Chinese
            or (>= '\uAC00' and <= '\uD7A3'), // Korean
    };

    // Hyphens at an end, or in the position that marks an encoded label ("xn--").
    private static bool HasHyphensAtOddPlaces(string label) =>
        label is ['-', ..] or [.., '-'] or [_, _, '-', '-', ..];

    // A final dot marks a fully qualified name.
    private static bool HasValidLengths(string name)
    {
        name = WithoutFinalDot(name);
        return name.Length <= MaxLength && Array.TrueForAll(name.Split('.'), label => label.Length is > 0 and <= MaxLabelLength);
    }

    private static void TryEncode(ref string name)
    {
        try
        {
            name = new IdnMapping().GetAscii(name);
        }
        catch (ArgumentException)
        {
            // The encoded name is too long, which the caller reports.
        }
    }

    private static bool EndsInNumber(string name)
    {
        var label = WithoutFinalDot(name).AsSpan();
        label = label[(label.LastIndexOf('.') + 1)..];
        return label.StartsWith("0x")
            ? label[2..].TrimStart("0123456789abcdef").IsEmpty
            : label.TrimStart("0123456789").IsEmpty;
    }

    private static string WithoutFinalDot(string name) => name.EndsWith('.') ? name[..^1] : name;

    // The form in which the framework sends the host.
    private static bool TryNormalize(ref string host, out UriHostNameType type)
    {
        var isHost = Uri.TryCreate($"http://{host}/", UriKind.Absolute, out var uri);
        (host, type) = isHost ? (uri!.Host, uri.HostNameType) : (host, UriHostNameType.Unknown);
        return isHost;
    }

    private static bool IsIPv6(string text)
    {
        if (text is not ['[', .. var address, ']'] || !address.AsSpan().TrimStart("0123456789abcdefABCDEF:.").IsEmpty)
        {
            return false;
        }

        // An embedded IPv4 address must have four plain decimal numbers; the framework's parsers accept other forms too.
        var dotted = address.AsSpan(address.LastIndexOf(':') + 1);
        return (!dotted.Contains('.') || (IPAddress.TryParse(dotted, out var end) && dotted.SequenceEqual(end.ToString())))
            && IPAddress.TryParse(address, out var whole) && whole.AddressFamily == AddressFamily.InterNetworkV6;
    }
}
