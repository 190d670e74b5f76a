using System.Collections.Concurrent;
using System.CommandLine;
using System.Net;
using System.Text;
using Acrobits.InvitationNotifier.Tool.Check;
using Acrobits.InvitationNotifier.Tool.Commands;
using Acrobits.InvitationNotifier.Tool.Wire;
using Spectre.Console.Testing;

namespace Acrobits.InvitationNotifier.Tool.Tests;

/// <summary>Commands with the web services of both events.</summary>
public sealed class EventTests : IDisposable
{
    private const string Created =
        "GET /invitation_created/?invitee=15551231234&invitor=johnsnow&network_id=mynetwork HTTP/1.1\r\n" +
        "Host: example.com\r\nConnection: close\r\nCache-Control: max-age=0\r\nUser-Agent: Sync Server 1.1\r\n\r\n";

    private const string Accepted =
        "POST /invitation_accepted/ HTTP/1.1\r\n" +
        "Host: example.com\r\nConnection: close\r\nCache-Control: max-age=0\r\nUser-Agent: Sync Server 1.1\r\n" +
        "Content-Type: application/x-www-form-urlencoded\r\nContent-Length: 57\r\n\r\n" +
        "invitee=15551231234&invitor=johnsnow&network_id=mynetwork";

    private const string CreatedKeys =
        """
        "InvitationCreatedUrl": "https://example.com/invitation_created/?invitee=%invitee%&invitor=%invitor%&network_id=%network_id%"
        """;

    private const string AcceptedKeys =
        """
        "InvitationAcceptedUrl": "https://example.com/invitation_accepted/",
        "InvitationAcceptedPostData": "invitee=%invitee%&invitor=%invitor%&network_id=%network_id%"
        """;

    private readonly TemporaryDirectory _directory = new();
    private readonly TestConsole _output = new() { Profile = { Width = 1000 } };

    public void Dispose()
    {
        _output.Dispose();
        _directory.Dispose();
    }

    [Theory]
    [InlineData(CreatedKeys + "," + AcceptedKeys, null, "--- invitation created ---\n" + Created + "\n--- invitation accepted ---\n" + Accepted)]
    [InlineData(CreatedKeys + "," + AcceptedKeys, "created", Created)]
    [InlineData(CreatedKeys + "," + AcceptedKeys, "accepted", Accepted)]
    [InlineData(CreatedKeys + "," + AcceptedKeys, "Accepted", Accepted)]
    [InlineData(CreatedKeys, null, Created)]
    [InlineData(AcceptedKeys, null, Accepted)]
    public async Task Preview_Configuration_PrintsTheDocumentedRequestsOfItsEvents(string keys, string? chosen, string expected)
    {
        string[] args = ["--config", await WriteAsync(keys), .. chosen is null ? [] : new[] { "--event", chosen }];

        var (result, output) = await PreviewAsync(args);

        Assert.Equal(NotificationOutcome.Delivered, result.Outcome);
        Assert.Equal(expected, output);
    }

    [Fact]
    public async Task Preview_EventOfUrl_IsItsWebService()
    {
        var (_, output) = await PreviewAsync(
            "--event", "accepted",
            "--url", "https://example.com/invitation_accepted/",
            "--post-data", "invitee=%invitee%&invitor=%invitor%&network_id=%network_id%");

        Assert.Equal(Accepted, output);
    }

    [Theory]
    [InlineData(CreatedKeys, "accepted")]
    [InlineData(AcceptedKeys, "created")]
    public async Task Preview_EventWithoutWebService_IsNotConfigured(string keys, string chosen)
    {
        var (result, output) = await PreviewAsync("--config", await WriteAsync(keys), "--event", chosen);

        Assert.Equal(NotificationOutcome.NotConfigured, result.Outcome);
        Assert.Empty(output);
    }

    [Fact]
    public async Task Preview_OneOfTwoCannotBeSent_PrintsTheOther()
    {
        var (result, output) = await PreviewAsync(
            "--config", await WriteAsync("""
                "InvitationCreatedUrl": "https://example.com/%invitee%", "InvitationAcceptedUrl": "https://example.com/?%invitee%"
                """),
            "--invitee", "..");

        Assert.Equal(NotificationOutcome.Unrepresentable, result.Outcome);
        Assert.StartsWith("--- invitation accepted ---\nGET /?.. HTTP/1.1\r\n", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Send_Accepted_CallsItsWebService()
    {
        ConcurrentQueue<string> paths = [];
        await using var provider = await StartAsync(paths);
        var config = await WriteAsync($$"""
            "InvitationCreatedUrl": "{{provider.Address}}/created", "InvitationAcceptedUrl": "{{provider.Address}}/accepted",
            "Egress": { "AllowedRanges": ["127.0.0.0/8"] }
            """);
        string[] invitation = ["--invitee", "1", "--invitor", "b", "--network-id", "n"];

        Assert.Equal(ExitCode.Success, await InvokeAsync(new SendCommand(_output, _output), ["--config", config, .. invitation]));
        Assert.Equal(ExitCode.Success, await InvokeAsync(new SendCommand(_output, _output), ["--config", config, "--event", "accepted", .. invitation]));
        Assert.Equal(ExitCode.Success, await InvokeAsync(
            new SendCommand(_output, _output),
            ["--url", provider.Address + "/url", "--allow-range", "127.0.0.0/8", "--event", "accepted", .. invitation]));
        Assert.Equal(["/created", "/accepted", "/url"], paths);
    }

    [Theory]
    [InlineData("joined")]
    [InlineData("1")]
    [InlineData("")]
    public async Task RunAsync_UnknownEvent_ExitsWithError(string name) =>
        Assert.Equal(ExitCode.Error, await App.RunAsync(["preview", "--url", "https://example.com/", "--event", name]));

    [Theory]
    [InlineData("in.csv", "invitee,invitor,event,network_id\n1,b,,n\n2,b,accepted,n\n3,b,joined,n\n4,b,created,n\n5,b,1,n\n")]
    [InlineData("in.jsonl", """
        {"invitee":"1","invitor":"b","network_id":"n"}
        {"invitee":"2","invitor":"b","network_id":"n","event":"accepted"}
        {"invitee":"3","invitor":"b","network_id":"n","event":"joined"}
        {"invitee":"4","invitor":"b","network_id":"n","event":"created"}
        {"invitee":"5","invitor":"b","network_id":"n","event":1}
        """)]
    public async Task Bulk_EventOfRecords_CallsItsWebServiceAndRefusesOthers(string name, string text)
    {
        ConcurrentQueue<string> paths = [];
        await using var provider = await StartAsync(paths);
        await File.WriteAllTextAsync(_directory[name], text);
        var config = await WriteAsync($$"""
            "InvitationCreatedUrl": "{{provider.Address}}/created/%invitee%", "InvitationAcceptedUrl": "{{provider.Address}}/accepted/%invitee%",
            "Egress": { "AllowedRanges": ["127.0.0.0/8"] }
            """);
        using TestConsole messages = new() { Profile = { Width = 1000 } };

        var exitCode = await InvokeAsync(new BulkCommand(_output, messages), _directory[name], "--config", config, "--concurrency", "1");

        Assert.Equal(ExitCode.Incomplete, exitCode);
        Assert.Equal(["/created/1", "/accepted/2", "/created/4"], paths);
        var line = name == "in.csv" ? 4 : 3;
        Assert.Contains($"line {line}: event is not created or accepted", messages.Lines);
        Assert.Contains(messages.Lines, message => message.StartsWith($"line {line + 2}: ", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Bulk_EventOption_IsThatOfRecordsWithoutOneAndOfUrl()
    {
        ConcurrentQueue<string> paths = [];
        await using var provider = await StartAsync(paths);
        await File.WriteAllTextAsync(_directory["in.csv"], "invitee,invitor,network_id\n1,b,n\n");

        var exitCode = await InvokeAsync(
            new BulkCommand(_output, _output),
            _directory["in.csv"], "--url", provider.Address + "/%invitee%", "--allow-range", "127.0.0.0/8", "--event", "accepted");

        Assert.Equal((ExitCode.Success, "/1"), (exitCode, Assert.Single(paths)));
    }

    [Fact]
    public async Task Check_EitherBothOrNone_AreReported()
    {
        var output = await CheckAsync($$"""
            "Networks": { "both": { {{CreatedKeys}}, {{AcceptedKeys}} }, "one": { {{CreatedKeys}} }, "other": { {{AcceptedKeys}} }, "none": { "InvitationCreatedUrl": "" } }
            """);

        Assert.Equal(
            [
                "all other networks", "  no web service: nothing is sent",
                "both, invitation created", "both, invitation accepted",
                "one", "  no web service for invitation accepted",
                "other, invitation accepted", "  no web service for invitation created",
                "none", "  no web service: nothing is sent",
            ],
            output.Split('\n')
                .TakeWhile(line => !line.StartsWith("timeline", StringComparison.Ordinal))
                .Skip(1)
                .Where(line => line is [not ' ', ..] || line.Contains("no web service", StringComparison.Ordinal)));
        Assert.Equal(2, output.Split("    GET /invitation_created/?invitee=15551231234").Length - 1);
        Assert.Equal(4, output.Split("    POST /invitation_accepted/ HTTP/1.1").Length - 1);
        Assert.Contains("\nWeb services checked: 6, ", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Check_Accepted_WarnsWithItsKeys()
    {
        var output = await CheckAsync("""
            "InvitationAcceptedUrl": "http://example.com/?%invitee%%inviter%", "InvitationAcceptedContentType": "application/json"
            """);

        Assert.Collection(
            output.Split('\n').Where(line => line.StartsWith("  warning: ", StringComparison.Ordinal)).Select(line => line[11..]),
            warning => Assert.StartsWith("InvitationAcceptedUrl, character 30", warning, StringComparison.Ordinal),
            warning => Assert.StartsWith("InvitationAcceptedContentType: has no effect without InvitationAcceptedPostData", warning, StringComparison.Ordinal),
            warning => Assert.StartsWith("InvitationAcceptedUrl: neither the URL nor the post data has %network_id%,", warning, StringComparison.Ordinal),
            warning => Assert.StartsWith("InvitationAcceptedUrl: plain http", warning, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Check_BothWebServices_MasksTheirConstantsAndSignatures()
    {
        const string Secret = "whsec_S3cr3tS3cr3tS3cr3tS3cr3tS3cr3tS3";
        const string Keys =
            $$"""
            "InvitationCreatedUrl": "https://user:k3y@example.com/k3y0/?i=%invitee%&key=k3y",
            "InvitationAcceptedUrl": "https://example.com/k3y0/?i=%invitee%&key=k3y",
            "InvitationAcceptedPostData": "{ \"key\": \"k3y\", \"i\": \"%invitor%\" }",
            "InvitationAcceptedContentType": "application/json",
            "Headers": { "X-Key": "k3y" },
            "Signing": { "Secrets": [ "{{Secret}}", "whsec_AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=" ] }
            """;

        var output = await CheckAsync(Keys);
        var shown = await CheckAsync(Keys, "--show-secrets");

        Assert.Contains("    POST /***/?i=15551231234&key=*** HTTP/1.1\n", output, StringComparison.Ordinal);
        Assert.Contains("    { \"key\": \"***\", \"i\": \"johnsnow\" }\n", output, StringComparison.Ordinal);
        Assert.Equal(4, output.Split("    webhook-signature: v1,*** v1,***\n").Length - 1);
        Assert.Equal(4, output.Split("    webhook-id: example").Length - 1);
        Assert.DoesNotContain("k3y", output, StringComparison.Ordinal);
        Assert.DoesNotContain(Secret[6..], output + shown, StringComparison.Ordinal);
        Assert.DoesNotContain("v1,*", shown, StringComparison.Ordinal);
    }

    [Fact]
    public void Copy_EachKey_IsCopied()
    {
        InvitationEndpointOptions source = new();
        var keys = typeof(InvitationWebServiceOptions).GetProperties().Where(property => property.CanWrite).ToList();
        foreach (var key in keys)
        {
            key.SetValue(source, key.PropertyType == typeof(string) ? key.Name
                : key.PropertyType == typeof(bool) ? true
                : key.PropertyType.IsInterface ? new Dictionary<string, string>()
                : Activator.CreateInstance(key.PropertyType));
        }

        InvitationEndpointOptions target = new();
        Service.Copy(source, target);

        Assert.All(keys, key => Assert.True(Equals(key.GetValue(source), key.GetValue(target)), key.Name));
    }

    private static Task<ListeningProvider> StartAsync(ConcurrentQueue<string> paths) =>
        ListeningProvider.StartAsync(new IPEndPoint(IPAddress.Loopback, 0), request =>
        {
            paths.Enqueue(Encoding.ASCII.GetString(request).Split(' ')[1]);
            return 204;
        });

    private static Task<int> InvokeAsync(Command command, params string[] args) =>
        command.Parse(args).InvokeAsync(new InvocationConfiguration { EnableDefaultExceptionHandler = false });

    private async Task<(NotificationResult Result, string Output)> PreviewAsync(params string[] args)
    {
        PreviewCommand command = new(_output);
        var (result, output) = await command.CaptureAsync(command.Parse(args), CancellationToken.None);
        return (result, Encoding.UTF8.GetString(output));
    }

    private async Task<string> CheckAsync(string keys, params string[] args)
    {
        using TestConsole console = new() { Profile = { Width = 1000 } };
        await InvokeAsync(new CheckCommand(console, Dns.GetHostAddressesAsync), [await WriteAsync(keys), "--no-resolve", .. args]);
        return console.Output.ReplaceLineEndings("\n");
    }

    private async Task<string> WriteAsync(string keys)
    {
        await File.WriteAllTextAsync(_directory["settings.json"], $$"""{ "InvitationNotifier": { {{keys}} } }""");
        return _directory["settings.json"];
    }
}
