using System.Globalization;

namespace Acrobits.InvitationNotifier.Templates;

/// <summary>Where requests go: what shares a pipeline, and what a log may say of a URL.</summary>
internal readonly record struct Destination(string Scheme, string Host, int Port)
{
    /// <summary>Host and port as the <c>Host</c> header has them (RFC 9110, section 7.2).</summary>
    public string Authority => Port == (Scheme == Uri.UriSchemeHttps ? 443 : 80)
        ? Host
        : string.Create(CultureInfo.InvariantCulture, $"{Host}:{Port}");

    public override string ToString() => $"{Scheme}://{Authority}";
}
