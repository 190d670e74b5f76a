using System.Net;
using Acrobits.InvitationNotifier.Tool.Commands;
using Acrobits.InvitationNotifier.Tool.Wire;
using Spectre.Console.Testing;

namespace Acrobits.InvitationNotifier.Tool.Tests;

public sealed class AppTests
{
    private static readonly string[] Invitation = ["--invitee", "1", "--invitor", "b", "--network-id", "n"];

    [Fact]
    public void Of_EachOutcome_HasAnExitCodeOfItsOwn()
    {
        int[] codes = [.. Enum.GetValues<NotificationOutcome>().Select(ExitCode.Of)];

        Assert.Equal(codes.Length, codes.Distinct().Count());
        Assert.Equal(ExitCode.Success, ExitCode.Of(NotificationOutcome.Delivered));
        Assert.DoesNotContain(ExitCode.Error, codes);
        Assert.DoesNotContain(ExitCode.Incomplete, codes);
    }

    [Theory]
    [InlineData("http://127.0.0.1:1/", 4)]
    [InlineData("http://127.0.0.1/%invitee%", 4)]
    [InlineData("", 6)]
    [InlineData("ftp://example.com/", 1)]
    public async Task RunAsync_Send_ExitsByOutcome(string url, int expected) =>
        Assert.Equal(expected, await App.RunAsync(["send", "--url", url, .. Invitation]));

    [Theory]
    [InlineData(204, 0)]
    [InlineData(404, 2)]
    public async Task RunAsync_SendToAProvider_ExitsByItsAnswer(int status, int expected)
    {
        await using var provider = await ListeningProvider.StartAsync(new IPEndPoint(IPAddress.Loopback, 0), _ => status);
        string[] send = ["send", "--url", provider.Address, "--allow-range", "127.0.0.0/8", .. Invitation];

        Assert.Equal(expected, await App.RunAsync(send));
    }

    [Theory]
    [InlineData(400, "BadRequest")]
    [InlineData(503, "ServiceUnavailable")]
    public async Task Send_AnotherStatus_IsANumber(int status, string name)
    {
        await using var provider = await ListeningProvider.StartAsync(new IPEndPoint(IPAddress.Loopback, 0), _ => status);
        using TemporaryDirectory directory = new();
        await File.WriteAllTextAsync(directory["settings.json"], $$"""
            { "InvitationNotifier": {
                "InvitationCreatedUrl": "{{provider.Address}}", "Retry": { "MaxRetryAttempts": 0 }, "Egress": { "AllowedRanges": ["127.0.0.0/8"] } } }
            """);
        using TestConsole output = new() { Profile = { Width = 1000 } };

        await new SendCommand(output, output).Parse(["--config", directory["settings.json"], .. Invitation]).InvokeAsync();

        Assert.Contains($"Rejected: The provider answered {status} instead of 204.", output.Output, StringComparison.Ordinal);
        Assert.DoesNotContain(name, output.Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData]
    [InlineData("unknown")]
    [InlineData("send")]
    [InlineData("send", "--url", "http://example.com/")]
    [InlineData("preview", "--url", "http://example.com/", "--config", "x.json")]
    [InlineData("preview", "--url", "http://example.com/", "--header", "no colon")]
    [InlineData("preview", "--url", "http://example.com/", "--invitee", " ")]
    [InlineData("check", "no-such-file.json")]
    [InlineData("bulk", "no-such-file.csv", "--url", "http://example.com/")]
    [InlineData("listen", "--port", "65536")]
    [InlineData("listen", "--port", "x")]
    [InlineData("listen", "--status", "100")]
    public async Task RunAsync_WrongUsage_ExitsWithError(params string[] args) =>
        Assert.Equal(ExitCode.Error, await App.RunAsync(args));

    [Theory]
    [InlineData("""{ "InvitationNotifier": { "InvitationCreatedUrl": "https://example.com/%invitee%" } }""", 0)]
    [InlineData("""{ "InvitationNotifier": { "InvitationCreatedUrl": "https://%invitee%/" } }""", 1)]
    [InlineData("""{ "InvitationNotifier": {} }""", 1)]
    [InlineData("""{ "Other": 1 }""", 1)]
    [InlineData("""{ "a": 1, "A": 2 }""", 1)]
    [InlineData("""{ "a": "\ud800" }""", 1)]
    [InlineData("{", 1)]
    [InlineData("", 1)]
    public async Task RunAsync_Check_ExitsByValidity(string json, int expected)
    {
        using TemporaryDirectory directory = new();
        await File.WriteAllTextAsync(directory["settings.json"], json);

        Assert.Equal(expected, await App.RunAsync(["check", directory["settings.json"], "--no-resolve"]));
    }
}
