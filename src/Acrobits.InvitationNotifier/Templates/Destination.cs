using System.Globalization;

namespace Acrobits.InvitationNotifier.Templates;

/// <summary>
/// The scheme, host and port of a URL. Requests to one destination share a concurrency limit, and logs show nothing else of
/// a URL.
/// </summary>
internal readonly record struct Destination(string Scheme, string Host, int Port)
{
    /// <summary>The host and port as in the <c>Host</c> header (RFC 9110, section 7.2).</summary>
    public string Authority => Port == (Scheme == Uri.UriSchemeHttps ? 443 : 80)
        ? Host
        : string.Create(CultureInfo.InvariantCulture, $"{Host}:{Port}");

    /// <summary>Reads the host and port of a URL whose scheme is http or https.</summary>
    /// <returns>Null, or the problem and its index.</returns>
    public static (int Index, string Problem)? Read(string text, UrlParts parts, out Destination destination)
    {
        destination = default;
        if (HostName.Read(text[parts.HostStart..parts.HostEnd], out var host) is { } wrong)
        {
            return (parts.HostStart + wrong.Index, wrong.Problem);
        }

        // A colon without a port means the default port.
        var scheme = text[..parts.SchemeEnd].ToLowerInvariant();
        var port = scheme == Uri.UriSchemeHttps ? (ushort)443 : (ushort)80;
        var written = text.AsSpan(parts.HostEnd, parts.PathStart - parts.HostEnd).TrimStart(':');
        if (!written.IsEmpty && (!ushort.TryParse(written, NumberStyles.None, CultureInfo.InvariantCulture, out port) || port == 0))
        {
            return (parts.HostEnd, "the port is not a number from 1 to 65535. Correct it, or remove it to use the default");
        }

        destination = new Destination(scheme, host, port);
        return null;
    }

    public override string ToString() => $"{Scheme}://{Authority}";
}
