using System.Collections.Concurrent;
using System.CommandLine;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json;
using Acrobits.InvitationNotifier.Tool.Commands;
using Microsoft.Extensions.Options;
using Spectre.Console.Testing;

namespace Acrobits.InvitationNotifier.Tool.Tests;

public sealed class CheckCommandTests
{
    private const string Complete = "https://example.com/?invitee=%invitee%&invitor=%invitor%&net=%network_id%";

    private readonly ConcurrentQueue<string> _lookedUp = [];

    [Fact]
    public async Task Check_NothingToWarnOf_Succeeds()
    {
        var (exitCode, output) = await CheckAsync(Service(Complete), "--strict");

        Assert.Equal(ExitCode.Success, exitCode);
        Assert.StartsWith("settings.json is valid.\n\nall other networks\n  example.com is 8.8.8.8: allowed\n", output, StringComparison.Ordinal);
        Assert.EndsWith("\nWeb services checked: 1, with warnings: 0. Warnings: 0.\n", output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(false, ExitCode.Success)]
    [InlineData(true, ExitCode.Warnings)]
    public async Task Check_Warnings_CountWhereStrict(bool isStrict, int expected)
    {
        var (exitCode, output) = await CheckAsync(Service("http://example.com/", null, "application/json"), isStrict ? ["--strict"] : []);

        Assert.Equal(expected, exitCode);
        Assert.EndsWith("\nWeb services checked: 1, with warnings: 1. Warnings: 3.\n", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Check_SeveralProblems_ListsAll()
    {
        var exception = await Assert.ThrowsAsync<OptionsValidationException>(
            () => CheckAsync("""{ "InvitationCreatedUrl": "ftp://example.com/", "AttemptTimeout": "soon", "Typo": 1 }"""));

        Assert.Equal(3, exception.Failures.Count());
    }

    [Fact]
    public async Task Check_Tls_KnowsItsKeysAndShowsNoPassword()
    {
        using var directory = new TemporaryDirectory();
        var settings = $$"""
            {
              "InvitationCreatedUrl": {{JsonSerializer.Serialize(Complete)}},
              "Tls": { "ClientCertificate": { "Path": {{JsonSerializer.Serialize(directory["c.pfx"])}}, "Password": "s3cr3t" } }
            }
            """;
        var missing = await Assert.ThrowsAsync<OptionsValidationException>(() => CheckAsync(settings));
        Assert.Contains("Tls:ClientCertificate:Path: the file does not exist", Assert.Single(missing.Failures), StringComparison.Ordinal);
        Assert.DoesNotContain("s3cr3t", missing.ToString(), StringComparison.Ordinal);

        using var key = ECDsa.Create();
        using var certificate = new CertificateRequest("CN=client", key, HashAlgorithmName.SHA256)
            .CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(9));
        await File.WriteAllBytesAsync(directory["c.pfx"], certificate.Export(X509ContentType.Pkcs12, "s3cr3t"), TestContext.Current.CancellationToken);
        foreach (var arguments in (string[][])[[], ["--show-secrets"]])
        {
            var (exitCode, output) = await CheckAsync(settings, arguments);

            Assert.Equal(ExitCode.Success, exitCode);
            Assert.Contains(Warnings(output), warning => warning.Contains("Tls:ClientCertificate:Path: the certificate expires at", StringComparison.Ordinal));
            Assert.DoesNotContain("s3cr3t", output, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("http://example.com/?%invitee%&%invitor%&%network_id%", null, null, "InvitationCreatedUrl: plain http")]
    [InlineData("https://example.com/%invitor%?%invitee%&%network_id%", null, null, "InvitationCreatedUrl: the path has %invitor%.")]
    [InlineData(Complete, null, "application/json", "InvitationCreatedContentType: has no effect without InvitationCreatedPostData")]
    [InlineData("https://example.com/?%invitor%&%network_id%", null, null, "InvitationCreatedUrl: neither the URL nor the post data has %invitee%,")]
    [InlineData("https://example.com/?%network_id%", "%invitee%", null, "InvitationCreatedUrl: neither the URL nor the post data has %invitor%,")]
    [InlineData("https://example.com/#%network_id%", "%invitee%%invitor%", null, "InvitationCreatedUrl: neither the URL nor the post data has %network_id%,")]
    [InlineData(Complete + "&%inviter%", null, null, "InvitationCreatedUrl, character 75", "%invitor%")]
    [InlineData(Complete, "%INVITEE%", null, "InvitationCreatedPostData, character 1", "%invitee%")]
    [InlineData("https://example.com/", """["%invitee%", "%invitor%", "%network_id%"]""", null, "InvitationCreatedPostData: looks like application/json")]
    [InlineData("https://example.com/", null, null, "neither the URL nor the post data has %invitee%, %invitor%, %network_id%,")]
    public async Task Check_Lint_WarnsOfThatAlone(string url, string? postData, string? contentType, params string[] expected)
    {
        var (_, output) = await CheckAsync(Service(url, postData, contentType));

        var warning = Assert.Single(Warnings(output));
        Assert.All(expected, part => Assert.Contains(part, warning, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Check_LookAlikesInSeveralNetworks_WarnsInEach()
    {
        var (_, output) = await CheckAsync(Networks(
            ("a\u001B", Service(Complete + "%1nvitee%%inviteee%")), ("b", Service(Complete + "%net%")), ("c", Service(Complete))));

        Assert.Equal(
            ["all other networks", @"a\u{1B}", "looks", "b", "looks", "c", "timeline"],
            output.Split('\n')
                .Where(line => line is [not ' ', ..] || line.StartsWith("  warning", StringComparison.Ordinal))
                .Select(line => line.Contains("looks like a placeholder", StringComparison.Ordinal) ? "looks" : line)
                .Select(line => line.StartsWith("timeline", StringComparison.Ordinal) ? "timeline" : line)
                .Skip(1).SkipLast(1));
    }

    [Fact]
    public async Task Check_BlankNetwork_Warns()
    {
        var (_, output) = await CheckAsync(Networks((" ", Service(Complete))));

        Assert.Contains("\n(blank)\n  warning: The network id is blank", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Check_ForbiddenAddress_SaysWhichRange()
    {
        var (_, output) = await CheckAsync(Service("https://mixed.example/?%invitee%&%invitor%&%network_id%"));

        Assert.Contains("  mixed.example is 8.8.8.8: allowed\n", output, StringComparison.Ordinal);
        Assert.Contains("  mixed.example is 10.1.2.3: forbidden, in 10.0.0.0/8 (private, RFC 1918)\n", output, StringComparison.Ordinal);
        Assert.Contains("Nothing is sent to mixed.example (Blocked): the address 10.1.2.3 is in 10.0.0.0/8", Assert.Single(Warnings(output)), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Check_AllowedRange_AllowsTheAddress()
    {
        var (_, output) = await CheckAsync(
            $$"""{ "InvitationCreatedUrl": "{{Complete.Replace("example.com", "mixed.example", StringComparison.Ordinal)}}", "Egress": { "AllowedRanges": ["10.1.0.0/16"] } }""");

        Assert.Contains("  mixed.example is 10.1.2.3: allowed\n", output, StringComparison.Ordinal);
        Assert.Empty(Warnings(output));
    }

    [Theory]
    [InlineData("unknown.example", "The lookup of unknown.example failed on this machine: ")]
    [InlineData("empty.example", "empty.example has no address.")]
    public async Task Check_LookUpFails_Warns(string host, string expected)
    {
        var (_, output) = await CheckAsync(Service($"https://{host}/?%invitee%&%invitor%&%network_id%"));

        Assert.Contains(expected, Assert.Single(Warnings(output)), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Check_SeveralServicesOfOneHost_LooksItUpOnce()
    {
        await CheckAsync(Networks(("a", Service(Complete)), ("b", Service("https://user@EXAMPLE.com:8443/")), ("c", Service("https://bücher.example/"))));

        Assert.Equal(["example.com", "xn--bcher-kva.example"], _lookedUp.Order());
    }

    [Fact]
    public async Task Check_NoResolve_LooksNothingUp()
    {
        var (_, output) = await CheckAsync(Service("https://unknown.example/?%invitee%&%invitor%&%network_id%"), "--no-resolve");

        Assert.Empty(_lookedUp);
        Assert.Empty(Warnings(output));
    }

    [Theory]
    [InlineData("10.1.2.3", "10.1.2.3", "forbidden, in 10.0.0.0/8 (private, RFC 1918)")]
    [InlineData("[::1]:8443", "::1", "forbidden, in ::1/128")]
    [InlineData("2130706433", "127.0.0.1", "forbidden, in 127.0.0.0/8")]
    [InlineData("8.8.8.8", "8.8.8.8", "allowed")]
    public async Task Check_NoResolve_ChecksLiteralAddresses(string host, string address, string verdict)
    {
        var (_, output) = await CheckAsync(Service($"https://{host}/?%invitee%&%invitor%&%network_id%"), "--no-resolve");

        Assert.Empty(_lookedUp);
        Assert.Contains($"\n  {address} is {address}: {verdict}", output, StringComparison.Ordinal);
        Assert.Equal(verdict == "allowed" ? 0 : 1, Warnings(output).Count());
    }

    [Theory]
    [InlineData("", 0)]
    [InlineData(""", "SendIdempotencyKey": true""", 2)]
    public async Task Check_IdempotencyKey_IsShownIfConfigured(string setting, int expected)
    {
        var service = $$"""{ "InvitationCreatedUrl": "{{Complete}}"{{setting}} }""";

        var (_, output) = await CheckAsync(service);
        var (_, ofNetwork) = await CheckAsync(Networks(("n", service)), "--network", "n");

        Assert.Equal(expected, output.Split("\n    Idempotency-Key: \"").Length - 1);
        Assert.Equal(expected, ofNetwork.Split("\n    Idempotency-Key: \"").Length - 1);
    }

    [Theory]
    [InlineData("https://example.com/?%invitee%", null, null, "GET /?%2B1%20%28555%29%20%22x%22%26%3Cy%3E%2F..%2F%25invitor%25%0D%0A HTTP/1.1")]
    [InlineData("https://example.com/", "i=%invitor%", null, "i=j%C3%B6n%27%5Csnow%5D%5D%3E%3Fa%3Db%23c%3B%252e")]
    [InlineData("https://example.com/", """["%invitee%"]""", "application/json", """["+1 (555) \"x\"&<y>/../%invitor%\r\n"]""")]
    [InlineData("https://example.com/", "<a b='%invitor%'/>", "application/xml", @"<a b='jön&apos;\snow]]&gt;?a=b#c;%2e'/>")]
    [InlineData("https://example.com/?%network_id%", null, null, "GET /?my%20network%26invitee%3D2 HTTP/1.1")]
    public async Task Check_HostileInvitation_ShowsTheEscaping(string url, string? postData, string? contentType, string expected)
    {
        var (_, output) = await CheckAsync(Service(url, postData, contentType));

        Assert.Contains("\n    " + expected + "\n", output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("https://example.com/%invitee%", null, null, "..", "A value makes a segment of the URL's path")]
    [InlineData("https://example.com/", "<a>%invitee%</a>", "application/xml", @"\u{1}", "a character that XML 1.0 does not allow")]
    public async Task Check_UncarriableValue_IsExplained(string url, string? postData, string? contentType, string value, string expected)
    {
        var (_, output) = await CheckAsync(Service(url, postData, contentType));

        Assert.Contains($"\n  not sent: invitee {value}, ", output, StringComparison.Ordinal);
        Assert.Contains("\n    Unrepresentable: ", output, StringComparison.Ordinal);
        Assert.Contains(expected, output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Check_ReusedConnections_ShowsBothRequests()
    {
        var (_, output) = await CheckAsync($$"""{ "InvitationCreatedUrl": "{{Complete}}", "ReuseConnections": true }""");

        Assert.Equal(2, output.Split("    GET /?invitee=").Length - 1);
        Assert.DoesNotContain("Connection:", output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Check_Secrets_AreShownOnRequestAlone(bool showSecrets)
    {
        const string Service = """
            {
              "InvitationCreatedUrl": "https://user:k3y@example.com/T0k3y/%invitee%?key=k3y",
              "InvitationCreatedPostData": "key=k3y&invitor=%invitor%",
              "Headers": { "X-Key": "k3y" }
            }
            """;

        var (_, output) = await CheckAsync(Service, showSecrets ? ["--show-secrets"] : []);

        var credentials = showSecrets ? "Basic dXNlcjprM3k=" : "***";
        var key = showSecrets ? "k3y" : "***";
        Assert.Contains($"    POST /{(showSecrets ? "T0k3y" : "***")}/15551231234?key={key} HTTP/1.1\n", output, StringComparison.Ordinal);
        Assert.Contains($"    Authorization: {credentials}\n", output, StringComparison.Ordinal);
        Assert.Contains($"    X-Key: {key}\n", output, StringComparison.Ordinal);
        Assert.Contains($"    key={key}&invitor=johnsnow\n", output, StringComparison.Ordinal);
        Assert.Equal(showSecrets, output.Contains("k3y", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Check_ManyNetworks_ShowsThoseWithWarnings()
    {
        var networks = Enumerable.Range(1, 30)
            .Select(number => ($"n{number}", Service(number == 7 ? Complete.Replace("https", "http", StringComparison.Ordinal) : Complete)));

        var (_, output) = await CheckAsync(Networks([.. networks]));

        Assert.Contains("\nn7\n", output, StringComparison.Ordinal);
        Assert.DoesNotContain("\nn8\n", output, StringComparison.Ordinal);
        Assert.Contains("\nNot shown, because there are no warnings: 30. ", output, StringComparison.Ordinal);
        Assert.Contains("\nWeb services checked: 31, with warnings: 1. Warnings: 1.\n", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Check_ChosenNetworks_ShowsTheseAlone()
    {
        var (_, output) = await CheckAsync(
            Networks(("a", Service(Complete)), ("b", Service(Complete))), "--network", "b", "--network", "unlisted");

        Assert.DoesNotContain("\na\n", output, StringComparison.Ordinal);
        Assert.Contains("\nb\n", output, StringComparison.Ordinal);
        Assert.Contains("\nunlisted (as all other networks)\n  no web service: nothing is sent\n", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Check_NetworkThatDiffersInCase_IsNotTheDefault()
    {
        var (_, output) = await CheckAsync(
            $$"""{ "InvitationCreatedUrl": "{{Complete}}", "Networks": { "mynetwork": {{Service(Complete)}} } }""", "--network", "MyNetwork");

        Assert.Contains("\nMyNetwork\n  warning: The network id differs only in case from mynetwork", output, StringComparison.Ordinal);
        Assert.Contains("\n  no web service: nothing is sent\n", output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(3, true)]
    [InlineData(4, false)]
    public async Task Check_CircuitThatOneNotificationOpens_SaysSo(int minimumThroughput, bool expected)
    {
        var (_, output) = await CheckAsync($$"""{ "CircuitBreaker": { "MinimumThroughput": {{minimumThroughput}} } }""");

        Assert.Equal(expected, output.Contains("one notification can open the circuit", StringComparison.Ordinal));
    }

    private static string Service(string url, string? postData = null, string? contentType = null) => JsonSerializer.Serialize(
        new InvitationEndpointOptions
        {
            InvitationCreatedUrl = url,
            InvitationCreatedPostData = postData,
            InvitationCreatedContentType = contentType,
        });

    private static string Networks(params (string Id, string Service)[] networks) =>
        $$"""{ "Networks": { {{string.Join(", ", networks.Select(network => $"{JsonSerializer.Serialize(network.Id)}: {network.Service}"))}} } }""";

    private static IEnumerable<string> Warnings(string output) =>
        output.Split('\n').Where(line => line.StartsWith("  warning: ", StringComparison.Ordinal));

    private async Task<(int ExitCode, string Output)> CheckAsync(string section, params string[] args)
    {
        using TemporaryDirectory directory = new();
        await File.WriteAllTextAsync(directory["settings.json"], $$"""{ "InvitationNotifier": {{section}} }""");
        using TestConsole console = new();
        console.Profile.Width = 1000;

        var exitCode = await new CheckCommand(console, LookUpAsync)
            .Parse([directory["settings.json"], .. args])
            .InvokeAsync(new InvocationConfiguration { EnableDefaultExceptionHandler = false });
        return (exitCode, console.Output.ReplaceLineEndings("\n"));
    }

    private Task<IPAddress[]> LookUpAsync(string host, CancellationToken cancellationToken)
    {
        _lookedUp.Enqueue(host);
        return host switch
        {
            "unknown.example" => Task.FromException<IPAddress[]>(new SocketException((int)SocketError.HostNotFound)),
            "empty.example" => Task.FromResult<IPAddress[]>([]),
            "mixed.example" => Task.FromResult<IPAddress[]>([IPAddress.Parse("8.8.8.8"), IPAddress.Parse("10.1.2.3")]),
            _ => Task.FromResult<IPAddress[]>([IPAddress.Parse("8.8.8.8")]),
        };
    }
}
