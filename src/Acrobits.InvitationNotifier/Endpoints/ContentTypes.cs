using Acrobits.InvitationNotifier.Templates;
using Acrobits.InvitationNotifier.Text;

namespace Acrobits.InvitationNotifier.Endpoints;

/// <summary>The three content types that the web service supports.</summary>
internal static class ContentTypes
{
    private const string Form = "application/x-www-form-urlencoded";
    private const string Json = "application/json";
    private const string Xml = "application/xml";

    /// <summary>Returns the format of a body. Returns null and adds a problem if the content type is not supported.</summary>
    public static BodyFormat? Parse(string? contentType, ProblemScope problems)
    {
        var parts = HeaderValue(contentType).Split(';');
        BodyFormat? format = parts[0].TrimEnd(' ').ToLowerInvariant() switch
        {
            Form => BodyFormat.Form,
            Json => BodyFormat.Json,
            Xml => BodyFormat.Xml,
            _ => null,
        };

        if (format is null)
        {
            problems.Add($"is not supported. Use {Json}, {Xml} or {Form}");
        }
        else if (!parts.Skip(1).All(parameter => parameter.Trim(' ').ToLowerInvariant() is "charset=utf-8" or "charset=\"utf-8\""))
        {
            problems.Add("has a parameter other than charset=utf-8. Remove it");
            return null;
        }

        return format;
    }

    public static bool IsForm(string? contentType) => HeaderValue(contentType).StartsWith(Form, StringComparison.OrdinalIgnoreCase);

    /// <summary>Returns the content type that a body appears to have, if it does not look like a form.</summary>
    public static string? Guess(string body) => body.TrimStart() switch
    {
        ['{' or '[', ..] => Json,
        ['<', ..] => Xml,
        _ => null,
    };

    /// <summary>Returns the header value: the configured text, or the documented default.</summary>
    public static string HeaderValue(string? contentType) =>
        string.IsNullOrWhiteSpace(contentType) ? Form : contentType.Trim(' ');
}
