using System.Security.Cryptography;
using System.Text.RegularExpressions;

namespace Acrobits.InvitationNotifier.Tool.Check;

/// <summary>
/// Masks the constant values of a web service's configuration, so that its requests can be shown in a build log. Names,
/// placeholders and structure stay. The result is a valid configuration.
/// </summary>
internal static partial class Secrets
{
    private const string Mask = "***";

    // A number in JSON has no quotes.
    private const string NumberMask = "0";

    public static InvitationEndpointOptions Hide(InvitationWebServiceOptions service)
    {
        InvitationEndpointOptions hidden = new();
        Service.Copy(service, hidden);
        hidden.Headers = service.Headers.ToDictionary(header => header.Key, _ => Mask);

        // Secrets of as many signatures, which sign nothing that a provider accepts.
        hidden.Signing = new() { Secrets = [.. (service.Signing?.Secrets ?? []).Select(_ => RandomSecret())] };
        foreach (var invitationEvent in Enum.GetValues<InvitationEvent>())
        {
            Hide(EventSettings.Of(service, invitationEvent), hidden);
        }

        return hidden;
    }

    /// <summary>Masks the value of a signature header.</summary>
    public static string HideSignature(string line) => Signature().Replace(line, $"$1{Mask}");

    private static void Hide(EventSettings settings, InvitationEndpointOptions hidden)
    {
        if (!settings.HasUrl)
        {
            return;
        }

        var url = Url().Match(settings.Url!.Trim());
        if (url.Groups["userinfo"].Success)
        {
            hidden.Headers["Authorization"] = Mask;
        }

        (settings with
        {
            Url = url.Groups["scheme"].Value + url.Groups["host"].Value
                + HideInPath(url.Groups["path"].Value)
                + (url.Groups["query"] is { Success: true } query ? $"?{HideInPairs(query.Value)}" : ""),
            PostData = HideInBody(settings.PostData, settings.ContentType),
        }).ApplyTo(hidden);
    }

    private static string RandomSecret() => $"whsec_{Convert.ToBase64String(RandomNumberGenerator.GetBytes(32))}";

    private static string? HideInBody(string? body, string? contentType)
    {
        if (string.IsNullOrWhiteSpace(body))
        {
            return null;
        }

        // A form that looks like JSON or XML most likely lacks its content type. Its structure shows that.
        return body.TrimStart()[0] switch
        {
            _ when IsType("application/json") => JsonToken().Replace(body, HideInJson),
            _ when IsType("application/xml") => XmlValue().Replace(body, HideInXml),
            '{' or '[' => JsonToken().Replace(body, HideInJson),
            '<' => XmlValue().Replace(body, HideInXml),
            _ => HideInPairs(body),
        };

        bool IsType(string type) => contentType?.TrimStart().StartsWith(type, StringComparison.OrdinalIgnoreCase) == true;
    }

    // A path segment can be a key. Words and versions are not, and most paths consist of them.
    private static string HideInPath(string path) => string.Join(
        '/', path.Split('/').Select(segment => Hide(segment, literal => Word().IsMatch(literal))));

    // For a query or a form.
    private static string HideInPairs(string text) => Pair().Replace(text, HideValue);

    private static string HideInJson(Match match) =>
        match.Groups["name"].Success || match.Groups["literal"].Success ? match.Value
        : match.Groups["v"].Success ? HideValue(match)
        : NumberMask;

    private static string HideInXml(Match match) => match.Groups["v"].Success ? HideValue(match) : match.Value;

    private static string HideValue(Match match)
    {
        var value = match.Groups["v"];
        var start = value.Index - match.Index;
        return match.Value[..start] + Hide(value.Value, _ => false) + match.Value[(start + value.Length)..];
    }

    // Placeholders, line breaks and the space around them stay.
    private static string Hide(string text, Func<string, bool> mayStay) => string.Concat(
        Placeholder().Split(text).Select(part =>
            Placeholder().IsMatch(part) || mayStay(part) ? part : Text().Replace(part, Mask)));

    [GeneratedRegex("(%invitee%|%invitor%|%network_id%)")]
    private static partial Regex Placeholder();

    [GeneratedRegex(@"((?<=^webhook-signature: (?:v1,\S+ )*)v1,)\S+")]
    private static partial Regex Signature();

    // Of one line.
    [GeneratedRegex(@"\S(.*\S)?")]
    private static partial Regex Text();

    [GeneratedRegex(@"^(?<scheme>[^:/?#]+://)(?<userinfo>[^/?#]*@)?(?<host>[^/?#]*)(?<path>[^?#]*)(\?(?<query>[^#]*))?")]
    private static partial Regex Url();

    [GeneratedRegex(@"^([A-Za-z._-]{1,24}|v[0-9]{1,3})$")]
    private static partial Regex Word();

    [GeneratedRegex(@"(?<=^|&)(?:[^=&]*=)?(?<v>[^&]*)")]
    private static partial Regex Pair();

    // A string, which is a name if a colon follows; a literal; a number; and, since a form need not be valid JSON, the rest.
    [GeneratedRegex("""
        "(?<v>(?:[^"\\]|\\.)*)"(?<name>\s*:)?|\b(?<literal>true|false|null)\b|(?<number>-?[0-9][0-9.eE+-]*)|(?<v>[^\s{}\[\]:,"]+|")
        """, RegexOptions.Singleline)]
    private static partial Regex JsonToken();

    // Comments, processing instructions, CDATA, attributes, text. What begins with "xml" (the declaration, namespaces,
    // xml:space) is not a value. Since a form need not be valid XML, ends and quotes can be missing.
    [GeneratedRegex("""
        <!--(?<v>.*?)(?:-->|\z)|<\?xml\b.*?\?>|<\?[^\s?]+(?<v>.*?)(?:\?>|\z)|<!\[CDATA\[(?<v>.*?)(?:\]\]>|\z)|\sxml[^=\s]*\s*=\s*(?:"[^"]*"|'[^']*')|=\s*(?:"(?<v>[^"]*)(?:"|\z)|'(?<v>[^']*)(?:'|\z)|(?<v>[^\s"'<>]+))|(?<=>)(?<v>[^<]+)
        """, RegexOptions.Singleline)]
    private static partial Regex XmlValue();
}
