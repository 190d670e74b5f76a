using System.Text.RegularExpressions;

namespace Acrobits.InvitationNotifier.Sample.Check;

/// <summary>
/// Hides what may be a secret, so that a request can be shown in a build log: a service's constant values. Their names,
/// the placeholders and all that surrounds them stay, and so the result is a valid service that can be rendered.
/// </summary>
internal static partial class Secrets
{
    private const string Mask = "***";

    public static InvitationEndpointOptions Hide(InvitationEndpointOptions service)
    {
        var url = Url().Match(service.InvitationCreatedUrl!.Trim());
        var headers = service.Headers.ToDictionary(header => header.Key, _ => Mask);
        if (url.Groups["userinfo"].Success)
        {
            headers["Authorization"] = Mask;
        }

        return new InvitationEndpointOptions
        {
            InvitationCreatedUrl = url.Groups["scheme"].Value + url.Groups["host"].Value
                + HideInPath(url.Groups["path"].Value)
                + (url.Groups["query"] is { Success: true } query ? $"?{HideInPairs(query.Value)}" : ""),
            InvitationCreatedPostData = HideInBody(service.InvitationCreatedPostData, service.InvitationCreatedContentType),
            InvitationCreatedContentType = service.InvitationCreatedContentType,
            Headers = headers,
        };
    }

    private static string? HideInBody(string? body, string? contentType)
    {
        if (string.IsNullOrWhiteSpace(body))
        {
            return null;
        }

        return contentType switch
        {
            _ when IsType("application/json") => JsonValue().Replace(body, HideInJson),
            _ when IsType("application/xml") => XmlValue().Replace(body, HideInXml),
            _ => HideInPairs(body),
        };

        bool IsType(string type) => contentType?.TrimStart().StartsWith(type, StringComparison.OrdinalIgnoreCase) == true;
    }

    // A URL's path can be its key. What looks like a word or a version says nothing, and most paths are made of these.
    private static string HideInPath(string path) => string.Join(
        '/', path.Split('/').Select(segment => Hide(segment, literal => Word().IsMatch(literal))));

    // A query or a form.
    private static string HideInPairs(string text) => Pair().Replace(text, HideValue);

    private static string HideInJson(Match match) =>
        match.Groups["name"].Success ? match.Value
        : match.Groups["v"].Success ? HideValue(match)
        : $"\"{Mask}\"";

    private static string HideInXml(Match match) => match.Groups["v"].Success ? HideValue(match) : match.Value;

    private static string HideValue(Match match)
    {
        var value = match.Groups["v"];
        var start = value.Index - match.Index;
        return match.Value[..start]
            + Hide(value.Value, string.IsNullOrWhiteSpace)
            + match.Value[(start + value.Length)..];
    }

    // Everything between placeholders, but for what may stay.
    private static string Hide(string text, Func<string, bool> mayStay) => string.Concat(
        Placeholder().Split(text).Select(part =>
            part.Length == 0 || Placeholder().IsMatch(part) || mayStay(part) ? part : Mask));

    [GeneratedRegex("(%invitee%|%invitor%|%network_id%)")]
    private static partial Regex Placeholder();

    [GeneratedRegex(@"^(?<scheme>[^:/?#]+://)(?<userinfo>[^/?#]*@)?(?<host>[^/?#]*)(?<path>[^?#]*)(\?(?<query>[^#]*))?")]
    private static partial Regex Url();

    [GeneratedRegex(@"^([A-Za-z._-]{1,24}|v[0-9]{1,3})$")]
    private static partial Regex Word();

    [GeneratedRegex(@"(?<=^|&)(?:[^=&]*=)?(?<v>[^&]*)")]
    private static partial Regex Pair();

    // A string, with a colon where it is a name; or a number. Nothing else can be a secret.
    [GeneratedRegex("""
        "(?<v>(?:[^"\\]|\\.)*)"(?<name>\s*:)?|-?[0-9][0-9.eE+-]*
        """)]
    private static partial Regex JsonValue();

    // What begins with "xml" (a declaration, a namespace, xml:space) has its meaning from XML and is kept.
    [GeneratedRegex("""
        <!--(?<v>.*?)-->|<\?.*?\?>|<!\[CDATA\[(?<v>.*?)\]\]>|\sxml[^=\s]*\s*=\s*(?:"[^"]*"|'[^']*')|=\s*(?:"(?<v>[^"]*)"|'(?<v>[^']*)')|(?<=>)(?<v>[^<]+)
        """, RegexOptions.Singleline)]
    private static partial Regex XmlValue();
}
