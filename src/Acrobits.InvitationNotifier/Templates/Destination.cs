using System.Globalization;

namespace Acrobits.InvitationNotifier.Templates;

/// <summary>Where requests go: what shares a pipeline, and what a log may say of a URL.</summary>
internal readonly record struct Destination(string Scheme, string Host, int Port)
{
    /// <summary>Host and port as the <c>Host</c> header has them (RFC 9110, section 7.2).</summary>
    public string Authority => Port == (Scheme == Uri.UriSchemeHttps ? 443 : 80)
        ? Host
        : string.Create(CultureInfo.InvariantCulture, $"{Host}:{Port}");

    /// <summary>Reads host and port of a URL whose scheme is http or https.</summary>
    /// <returns>Null, or what is wrong with them, with the index where it is.</returns>
    public static (int Index, string Problem)? Read(string text, UrlParts parts, out Destination destination)
    {
        destination = default;
        if (HostName.Read(text[parts.HostStart..parts.HostEnd], out var host) is { } wrong)
        {
            return (parts.HostStart + wrong.Index, wrong.Problem);
        }

        // A colon with nothing after it says nothing.
        var scheme = text[..parts.SchemeEnd].ToLowerInvariant();
        var port = scheme == Uri.UriSchemeHttps ? (ushort)443 : (ushort)80;
        var written = text.AsSpan(parts.HostEnd, parts.PathStart - parts.HostEnd).TrimStart(':');
        if (!written.IsEmpty && (!ushort.TryParse(written, NumberStyles.None, CultureInfo.InvariantCulture, out port) || port == 0))
        {
            return (parts.HostEnd, "a port is a number from 1 to 65535. Write one, or none for the default");
        }

        destination = new Destination(scheme, host, port);
        return null;
    }

    public override string ToString() => $"{Scheme}://{Authority}";
}
