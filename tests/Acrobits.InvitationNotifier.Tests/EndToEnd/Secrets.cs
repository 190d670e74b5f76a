using System.Text;

namespace Acrobits.InvitationNotifier.Tests.EndToEnd;

/// <summary>
/// Marked values for everything that must not be seen. A mark is of letters and digits only, so that it looks the same
/// percent-encoded, JSON-escaped and XML-escaped; around it stand characters that each encoding changes.
/// </summary>
internal static class Secrets
{
    public const string Invitee = "+4420zqinvitee7731 ü\"<&'";
    public const string Invitor = "zqinvitor7731/é\"<&'";
    public const string NetworkId = "mynetwork";

    public const string ApiKey = "zqheader7731==";
    public const string Body = "zqbody7731";
    private const string Query = "zqquery7731";

    private static readonly string[] Marks =
    [
        "zqinvitee7731", "zqinvitor7731", "zquser7731", "zqpassword7731", "zqpath7731", Query, "zqfragment7731", "zqlook7731",
        "zqheader7731", Body, "zqresponse7731",
    ];

    private static readonly string[] Forms =
    [
        .. Marks,
        .. Marks.SelectMany(InBase64),
        .. Marks.Select(mark => Convert.ToHexString(Encoding.UTF8.GetBytes(mark))),
    ];

    public static Invitation Invitation { get; } = new(Invitee, Invitor, NetworkId);

    /// <summary>A URL with secrets in all of its parts.</summary>
    public static string Url(string scheme, string authority) =>
        $"{scheme}://zquser7731%40:zqpassword7731%2F%C3%BC@{authority}/zqpath7731/%invitor%/?key={Query}&i=%invitee%&n=%network_id%&l=%zqlook7731%#zqfragment7731";

    public static InvitationEndpointOptions Endpoint(string scheme, string authority, string format) => new()
    {
        InvitationCreatedUrl = Url(scheme, authority),
        InvitationCreatedPostData = format switch
        {
            "json" => $$"""{"key":"{{Body}}","i":"%invitee%","o":"%invitor%"}""",
            "xml" => $"<r key=\"{Body}\"><i>%invitee%</i><o a='%invitor%'/></r>",
            "form" => $"key={Body}&i=%invitee%&o=%invitor%",
            _ => null,
        },
        InvitationCreatedContentType = format switch { "json" => "application/json", "xml" => "application/xml", _ => null },
        Headers = { ["X-Api-Key"] = ApiKey },
    };

    /// <summary>What of all this a text shows.</summary>
    public static string[] In(string text) => [.. Forms.Where(form => text.Contains(form, StringComparison.OrdinalIgnoreCase))];

    // The text inside a longer one starts at any of three places of Base64's groups; what does not depend on its neighbours.
    private static IEnumerable<string> InBase64(string mark)
    {
        for (var offset = 0; offset < 3; offset++)
        {
            var encoded = Convert.ToBase64String(Encoding.UTF8.GetBytes(new string(' ', offset) + mark)).TrimEnd('=');
            yield return encoded[(offset == 0 ? 0 : 4)..(encoded.Length - 2)];
        }
    }
}
