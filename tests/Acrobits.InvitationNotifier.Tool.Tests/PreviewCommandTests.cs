using System.Text;
using Acrobits.InvitationNotifier.Tool.Commands;
using Spectre.Console.Testing;

namespace Acrobits.InvitationNotifier.Tool.Tests;

public sealed class PreviewCommandTests : IDisposable
{
    private const string Xml =
        "<root>\n    <invitee>%invitee%</invitee>\n    <invitor>%invitor%</invitor>\n    <network_id>%network_id%</network_id>\n</root>";

    private readonly TestConsole _messages = new() { Profile = { Width = 1000 } };

    public void Dispose() => _messages.Dispose();

    [Fact]
    public async Task CaptureAsync_DocumentedGet_IsTheDocumentedRequest() => Assert.Equal(
        "GET /invitation_created/?invitee=15551231234&invitor=johnsnow&network_id=mynetwork HTTP/1.1\r\n" +
        "Host: example.com\r\n" +
        "Connection: close\r\n" +
        "Cache-Control: max-age=0\r\n" +
        "User-Agent: Sync Server 1.0\r\n" +
        "\r\n",
        await CaptureAsync(
            "--url", "https://example.com/invitation_created/?invitee=%invitee%&invitor=%invitor%&network_id=%network_id%",
            "--user-agent", "Sync Server 1.0"));

    [Fact]
    public async Task CaptureAsync_DocumentedXml_IsTheDocumentedRequest() => Assert.Equal(
        "POST /invitation_created/ HTTP/1.1\r\n" +
        "Host: example.com\r\n" +
        "Connection: close\r\n" +
        "Cache-Control: max-age=0\r\n" +
        "User-Agent: Sync Server 1.1\r\n" +
        "Content-Type: application/xml\r\n" +
        "Content-Length: 120\r\n" +
        "\r\n" +
        "<root>\n    <invitee>15551231234</invitee>\n    <invitor>johnsnow</invitor>\n    <network_id>mynetwork</network_id>\n</root>",
        await CaptureAsync(
            "--url", "https://example.com/invitation_created/", "--content-type", "application/xml", "--post-data", Xml));

    [Fact]
    public async Task CaptureAsync_DocumentedJson_IsTheDocumentedRequest() => Assert.Equal(
        "POST /invitation_created/ HTTP/1.1\r\n" +
        "Host: example.com\r\n" +
        "Connection: close\r\n" +
        "Cache-Control: max-age=0\r\n" +
        "User-Agent: CloudSoftphone/1.5.6\r\n" +
        "Content-Type: application/json\r\n" +
        "Content-Length: 79\r\n" +
        "\r\n" +
        """{"invitee" : "15551231234", "invitor" : "johnsnow", "network_id" : "mynetwork"}""",
        await CaptureAsync(
            "--url", "http://example.com/invitation_created/",
            "--content-type", "application/json",
            "--post-data", """{"invitee" : "%invitee%", "invitor" : "%invitor%", "network_id" : "%network_id%"}""",
            "--user-agent", "CloudSoftphone/1.5.6"));

    [Theory]
    [InlineData("https://[::1]:443/a/../%2e/%invitee%", "/a/../%2e/%2B1%20x", "[::1]")]
    [InlineData("https://EXAMPLE.com:80/?%invitee%", "/?%2B1%20x", "example.com:80")]
    [InlineData("http://10.0.0.1:8080/%invitee%", "/%2B1%20x", "10.0.0.1:8080")]
    public async Task CaptureAsync_AnyAddress_KeepsPathAndHostWithoutConnecting(string url, string path, string host) =>
        Assert.StartsWith(
            $"GET {path} HTTP/1.1\r\nHost: {host}\r\n",
            await CaptureAsync("--url", url, "--invitee", "+1 x"),
            StringComparison.Ordinal);

    [Fact]
    public async Task CaptureAsync_ValueThatCannotBeCarried_WritesNothing()
    {
        PreviewCommand command = new(_messages);
        var parsed = command.Parse(["--url", "http://example.com/%invitee%", "--invitee", ".."]);

        var (result, request) = await command.CaptureAsync(parsed, CancellationToken.None);

        Assert.Equal(NotificationOutcome.Unrepresentable, result.Outcome);
        Assert.Empty(request);
    }

    private async Task<string> CaptureAsync(params string[] args)
    {
        PreviewCommand command = new(_messages);
        var (result, request) = await command.CaptureAsync(command.Parse(args), CancellationToken.None);

        Assert.Equal(NotificationOutcome.Delivered, result.Outcome);
        return Encoding.UTF8.GetString(request);
    }
}
