using System.Globalization;
using System.Net;
using System.Text;
using System.Text.RegularExpressions;
using System.Web;
using CsCheck;

namespace Acrobits.InvitationNotifier.Tests.Templates;

public partial class UrlProperties
{
    private static readonly Gen<string> Literal = Gen.OneOf(
        "/", "/", "/", ".", "..", "%2e", "%2E", "%2", "%", "%foo", "%20", "%2f", "%c3", "%E2%82", "%a9", "%C5%BE", "%F0%9f", "%7F", "%41", "a", "Z0", "-_~", "ž", " ", "\\", "{", "[", ":", "@", ";",
        "=", "+", "&", "'", "(", "\"", "|", "^", "`", "<", ">", "\U0001F600", "\u00A0");

    private static readonly Invitation Plain = new("x", "x", "x");

    [Fact]
    public void CreateRequest_AnyValueInPath_IsReadBackOrRefused()
    {
        var endpoint = Expansion.Endpoint("https://example.com/a/%invitee%/b/%invitor%/%network_id%.x");

        AnyText.Invitations(AnyText.DotsOrSo).Sample(
            invitation =>
            {
                string[] sent = [invitation.Invitee, invitation.Invitor, invitation.NetworkId + ".x"];
                if (sent.Any(segment => CountDots(Uri.EscapeDataString(segment)) > 0))
                {
                    Assert.Throws<FormatException>(() => endpoint.CreateRequest(invitation));
                    return;
                }

                using var request = endpoint.CreateRequest(invitation);
                var segments = request.RequestUri!.AbsolutePath.Split('/').Select(Uri.UnescapeDataString);
                Assert.Equal(["", "a", invitation.Invitee, "b", invitation.Invitor, invitation.NetworkId + ".x"], segments);
            },
            iter: 3_000);
    }

    [Fact]
    public void CreateRequest_AnyValueInQuery_IsReadBack()
    {
        var endpoint = Expansion.Endpoint("https://example.com/?a=%invitee%&k%invitor%=b&c=-%network_id%-");

        AnyText.Invitation.Sample(
            invitation =>
            {
                using var request = endpoint.CreateRequest(invitation);
                var pairs = request.RequestUri!.Query[1..].Split('&').Select(pair => pair.Split('='));
                Assert.Equal(
                    [["a", invitation.Invitee], ["k" + invitation.Invitor, "b"], ["c", $"-{invitation.NetworkId}-"]],
                    pairs.Select(pair => pair.Select(WebUtility.UrlDecode).ToArray()).ToArray());
                Assert.Equal(invitation.Invitee, HttpUtility.ParseQueryString(request.RequestUri.Query)["a"]);
            },
            iter: 3_000);
    }

    [Fact]
    public void CreateRequest_AnyValueInForm_IsReadBack()
    {
        var endpoint = Expansion.Endpoint("https://example.com/", "a=%invitee%&k%invitor%=b&c=-%network_id%-", Expansion.Form);

        AnyText.Invitation.Sample(
            invitation =>
            {
                using var request = endpoint.CreateRequest(invitation);
                using var reader = new StreamReader(request.Content!.ReadAsStream(), Encoding.ASCII);
                var form = HttpUtility.ParseQueryString(reader.ReadToEnd());
                Assert.Equal(3, form.Keys.Count);
                Assert.Equal(invitation.Invitee, form[0]);
                Assert.Equal("k" + invitation.Invitor, form.GetKey(1));
                Assert.Equal($"-{invitation.NetworkId}-", form[2]);
            },
            iter: 3_000);
    }

    [Fact]
    public void CreateRequest_AnyUrlTemplate_LeavesItsTextAsItIs() =>
        Gen.Select(AnyText.Templates(Literal), AnyText.Templates(Literal), AnyText.Invitations(AnyText.DotsOrSo)).Sample(
            (path, query, invitation) =>
            {
                var expected = "/" + AnyText.Expand(path, invitation, Uri.EscapeDataString, EncodeLiteral);

                // White space at the end of a URL is not meant.
                query += "&";
                var endpoint = Expansion.Endpoint($"https://example.com/{path}?{query}");

                // More segments that mean "this" or "up" than the template itself has: another path.
                if (CountDots(expected) > CountDots("/" + path))
                {
                    Assert.Throws<FormatException>(() => endpoint.CreateRequest(invitation));
                    return;
                }

                using var request = endpoint.CreateRequest(invitation);
                Assert.Equal(
                    $"{expected}?{AnyText.Expand(query, invitation, Uri.EscapeDataString, EncodeLiteral)}",
                    request.RequestUri!.PathAndQuery);
                if (IsCanonical($"/{AnyText.Expand(path, Plain, literal: EncodeLiteral)}?{AnyText.Expand(query, Plain, literal: EncodeLiteral)}"))
                {
                    // Nothing that the framework would change: no reason for a URL that throws when it is read.
                    Assert.Equal(
                        request.RequestUri.AbsoluteUri,
                        request.RequestUri.GetComponents(UriComponents.HttpRequestUrl, UriFormat.UriEscaped));
                }

                if (CountDots(expected) == 0)
                {
                    // A reader that normalises sees as many segments as the template has.
                    Assert.Equal(path.Count(c => c == '/') + 1, new Uri(request.RequestUri.AbsoluteUri).AbsolutePath.Count(c => c == '/'));
                }
            },
            iter: 5_000);

    [Fact]
    public void CreateRequest_AnyFormTemplate_LeavesItsTextAsItIs() =>
        Gen.Select(AnyText.Templates(Literal), AnyText.Invitation).Sample(
            (template, invitation) =>
            {
                // Blank post data is none.
                template += "&";

                Assert.Equal(
                    AnyText.Expand(template, invitation, Uri.EscapeDataString),
                    Expansion.Text(Expansion.Form, template, invitation));
            },
            iter: 3_000);

    private static bool IsCanonical(string pathAndQuery) => new Uri("https://example.com" + pathAndQuery).PathAndQuery == pathAndQuery;

    private static int CountDots(string path) => Separator().Split(path).Count(DotSegment().IsMatch);

    // Whatever RFC 3986 keeps out of a path and a query, and nothing else.
    private static string EncodeLiteral(string literal) => string.Concat(literal.EnumerateRunes().Select(rune =>
        rune.Value is > 0x20 and < 0x7F && !"\"<>\\^`{|}".Contains((char)rune.Value, StringComparison.Ordinal)
            ? rune.ToString()
            : string.Concat(Encoding.UTF8.GetBytes(rune.ToString()).Select(octet => "%" + octet.ToString("X2", CultureInfo.InvariantCulture)))));

    [GeneratedRegex(@"/|\\|%2f|%5c", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex Separator();

    [GeneratedRegex(@"\A(\.|%2e){1,2}\z", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex DotSegment();
}
