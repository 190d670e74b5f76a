using System.Globalization;
using System.Text;
using System.Text.Unicode;

namespace Acrobits.InvitationNotifier.Templates;

/// <summary>Converts the user info of a URL to Basic authentication in UTF-8 (RFC 7617), as HTTP clients do.</summary>
internal static class UserInfo
{
    /// <summary>Creates the value of an <c>Authorization</c> header.</summary>
    /// <returns>Null, or the problem of the user info.</returns>
    public static string? Read(string text, out string? credentials)
    {
        credentials = null;
        if (text.Contains('\\', StringComparison.Ordinal))
        {
            // Parsers of the URL Standard end the host at a backslash.
            return "the user info has a backslash. Percent-encode it: %5C";
        }

        var parts = text.Split(':', 2);
        if (Decode(parts[0]) is not { } user || Decode(parts.Length > 1 ? parts[1] : "") is not { } password)
        {
            return "the user info has percent-encoded bytes that are not UTF-8. Encode its text as UTF-8";
        }

        if (user.Contains(':', StringComparison.Ordinal))
        {
            return "the user name has a colon, which Basic authentication cannot carry (RFC 7617, section 2). Use a user name without one";
        }

        if (user.Any(char.IsControl) || password.Any(char.IsControl))
        {
            return "the user info has a control character, which Basic authentication cannot carry (RFC 7617, section 2). Remove it";
        }

        credentials = $"Basic {Convert.ToBase64String(Encoding.UTF8.GetBytes($"{user}:{password}"))}";
        return null;
    }

    // A '%' without two hexadecimal digits is literal.
    private static string? Decode(string text)
    {
        var bytes = Encoding.UTF8.GetBytes(text);
        var length = 0;
        for (var i = 0; i < bytes.Length; i++)
        {
            if (bytes[i] == '%' && i + 2 < bytes.Length
                && byte.TryParse(bytes.AsSpan(i + 1, 2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var encoded))
            {
                bytes[length++] = encoded;
                i += 2;
            }
            else
            {
                bytes[length++] = bytes[i];
            }
        }

        var decoded = bytes.AsSpan(0, length);
        return Utf8.IsValid(decoded) ? Encoding.UTF8.GetString(decoded) : null;
    }
}
