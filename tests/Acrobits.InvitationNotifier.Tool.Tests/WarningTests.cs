using System.CommandLine;
using System.Net;
using System.Text.Json;
using Acrobits.InvitationNotifier.Tool.Commands;
using Spectre.Console.Testing;

namespace Acrobits.InvitationNotifier.Tool.Tests;

public sealed class WarningTests : IDisposable
{
    private const string Network = "mynetwork";

    private readonly TemporaryDirectory _directory = new();
    private readonly TestConsole _output = new() { Profile = { Width = 1000 } };

    public void Dispose()
    {
        _output.Dispose();
        _directory.Dispose();
    }

    [Theory]
    [InlineData(0, "https://127.0.0.1:1/?%invitee%&%invitor%&%network_id%", null, "127.0.0.0/8")]
    [InlineData(1, "https://127.0.0.1:1/?%invitee%&%invitor%&%network_id%", null, "8.0.0.0/8")]
    [InlineData(0, "http://127.0.0.1:1/?%invitee%&%invitor%&%network_id%", null, "127.0.0.0/8")]
    [InlineData(2, "http://10.0.0.1:1/?%invitee%&%invitor%&%network_id%", null, "127.0.0.0/8")]
    [InlineData(2, "https://127.0.0.1:1/?%invitee%&%INVITOR%&%inviteee%&%network_id%", null, "127.0.0.0/8")]
    [InlineData(2, "https://127.0.0.1:1/", "invitee=%invitee%&other=%inviter%", "127.0.0.0/8")]
    [InlineData(1, "https://127.0.0.1:1/%network_id%?%invitee%&%invitor%", null, "127.0.0.0/8")]
    public async Task PreviewAndSend_Configuration_GiveTheWarningsOfCheck(
        int expected, string url, string? postData, string allowedRange)
    {
        var settings = new
        {
            InvitationNotifier = new
            {
                Networks = new Dictionary<string, object>
                {
                    [Network] = new { InvitationCreatedUrl = url, InvitationCreatedPostData = postData },
                },
                Retry = new { MaxRetryAttempts = 0 },
                Egress = new { AllowedRanges = new[] { allowedRange } },
            },
        };
        await File.WriteAllTextAsync(_directory["settings.json"], JsonSerializer.Serialize(settings));

        var check = await RunAsync(_output, new CheckCommand(_output, NoLookUp), _directory["settings.json"], "--network", Network);
        using TestConsole previewed = new() { Profile = { Width = 1000 } };
        var preview = await RunAsync(previewed, new PreviewCommand(previewed), Invitation("--config", _directory["settings.json"]));
        using TestConsole sent = new() { Profile = { Width = 1000 } };
        var send = await RunAsync(sent, new SendCommand(sent, sent), Invitation("--config", _directory["settings.json"]));

        Assert.Equal(expected, check.Count);
        Assert.Equal(check, preview);
        Assert.Equal(check, send);
    }

    [Fact]
    public async Task Preview_Options_GiveTheSameWarnings()
    {
        var warnings = await RunAsync(
            _output, new PreviewCommand(_output), Invitation("--url", "http://10.0.0.1/?%invitee%&%inviter%"));

        Assert.Collection(
            warnings,
            warning => Assert.Contains("InvitationCreatedUrl, character 28", warning, StringComparison.Ordinal),
            warning => Assert.StartsWith("InvitationCreatedUrl: neither the URL nor the post data has %network_id%,", warning, StringComparison.Ordinal),
            warning => Assert.StartsWith("InvitationCreatedUrl: plain http", warning, StringComparison.Ordinal),
            warning => Assert.Contains("10.0.0.1 is in 10.0.0.0/8", warning, StringComparison.Ordinal));
    }

    private static string[] Invitation(params string[] args) =>
        [.. args, "--invitee", "1", "--invitor", "b", "--network-id", Network];

    private static async Task<List<string>> RunAsync(TestConsole console, Command command, params string[] args)
    {
        const string Label = "warning: ";
        await command.Parse(args).InvokeAsync(new InvocationConfiguration { EnableDefaultExceptionHandler = false });
        return [.. console.Lines.Select(line => line.Trim())
            .Where(line => line.StartsWith(Label, StringComparison.Ordinal)).Select(line => line[Label.Length..])];
    }

    private static Task<IPAddress[]> NoLookUp(string host, CancellationToken cancellationToken) =>
        throw new InvalidOperationException("A literal address was looked up.");
}
