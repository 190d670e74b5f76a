using System.Net;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Acrobits.InvitationNotifier.Interoperability.Tests.Servers;

namespace Acrobits.InvitationNotifier.Interoperability.Tests;

/// <summary>A provider behind nginx that asks for a client certificate.</summary>
public sealed class ClientCertificateTests : IDisposable
{
    private const string ForClients = "1.3.6.1.5.5.7.3.2";

    // All certificates of one subject and one issuer's name: nothing but the certificate itself tells them apart.
    private readonly TestAuthority _servers = TestAuthority.CreateRoot();
    private readonly TestAuthority _clients = TestAuthority.CreateRoot();
    private readonly TestAuthority _others = TestAuthority.CreateRoot();
    private readonly string _folder = Directory.CreateTempSubdirectory("acrobits-certificates.").FullName;

    public void Dispose()
    {
        Directory.Delete(_folder, recursive: true);
        _servers.Dispose();
        _clients.Dispose();
        _others.Dispose();
    }

    [Theory]
    [InlineData("TLSv1.2", false)]
    [InlineData("TLSv1.3", false)]
    [InlineData("TLSv1.3", true)]
    public async Task NotifyAsync_ClientCertificate_IsTheOneThatNginxSees(string protocol, bool pkcs12)
    {
        await using var nginx = await StartNginxAsync(protocol);
        using var client = _clients.Issue(usage: ForClients);
        await using var sender = await StartAsync(
            nginx, reuseConnections: false, ("mynetwork", pkcs12 ? SavePkcs12(client) : Save(client), Trust(_servers)));

        var result = await NotifyAsync(sender, "mynetwork");

        Assert.True(result.IsSuccess, $"{result}");
        Assert.Equal([Seen("mynetwork", client, 204)], await ArrivedAsync(nginx, 1));
    }

    [Theory]
    [InlineData("TLSv1.2", false)]
    [InlineData("TLSv1.2", true)]
    [InlineData("TLSv1.3", false)]
    [InlineData("TLSv1.3", true)]
    public async Task NotifyAsync_NetworksOfOneHost_EachShowsItsOwnCertificateOrNone(string protocol, bool reuseConnections)
    {
        const int Rounds = 5;
        await using var nginx = await StartNginxAsync(protocol);
        using var one = _clients.Issue(usage: ForClients);
        using var two = _clients.Issue(usage: ForClients);
        using var foreign = _others.Issue(usage: ForClients);
        await using var sender = await StartAsync(
            nginx,
            reuseConnections,
            ("one", Save(one), Trust(_servers)),
            ("two", Save(two), Trust(_servers)),
            ("foreign", Save(foreign), Trust(_servers)),
            ("none", [], Trust(_servers)),
            ("distrustful", Save(one), Trust(_others)));

        for (var round = 0; round < Rounds; round++)
        {
            Assert.Equal((NotificationOutcome.Delivered, HttpStatusCode.NoContent), await OutcomeAsync(sender, "one"));
            Assert.Equal((NotificationOutcome.Rejected, HttpStatusCode.BadRequest), await OutcomeAsync(sender, "none"));
            Assert.Equal((NotificationOutcome.Delivered, HttpStatusCode.NoContent), await OutcomeAsync(sender, "two"));
            Assert.Equal((NotificationOutcome.Rejected, HttpStatusCode.BadRequest), await OutcomeAsync(sender, "foreign"));
            Assert.Equal((NotificationOutcome.Unreachable, null), await OutcomeAsync(sender, "distrustful"));
        }

        var arrived = await ArrivedAsync(nginx, 4 * Rounds);
        Assert.Equal(
            [Seen("foreign", foreign, 400), Seen("none", certificate: null, 400), Seen("one", one, 204), Seen("two", two, 204)],
            arrived.Distinct().OrderBy(request => request.Network, StringComparer.Ordinal));
    }

    [Fact]
    public async Task NotifyAsync_ServerIsTrustedByAnotherNetworkOnly_IsUnreachableAndNothingArrives()
    {
        await using var nginx = await StartNginxAsync("TLSv1.3");
        using var client = _clients.Issue(usage: ForClients);
        await using var sender = await StartAsync(
            nginx, reuseConnections: true, ("trusting", Save(client), Trust(_servers)), ("other", Save(client), []));

        Assert.True((await NotifyAsync(sender, "trusting")).IsSuccess);
        Assert.Equal((NotificationOutcome.Unreachable, null), await OutcomeAsync(sender, "other"));
        Assert.Equal([Seen("trusting", client, 204)], await ArrivedAsync(nginx, 1));
    }

    [Fact]
    public async Task NotifyAsync_CertificateIsRenewed_NginxSeesTheNewOneWithoutARestart()
    {
        await using var nginx = await StartNginxAsync("TLSv1.3");
        using var old = _clients.Issue(usage: ForClients);
        using var renewed = _clients.Issue(usage: ForClients);
        await using var sender = await StartAsync(nginx, reuseConnections: true, ("mynetwork", Save(old, "renewed"), Trust(_servers)));

        Assert.True((await NotifyAsync(sender, "mynetwork")).IsSuccess);
        Save(renewed, "renewed");

        var sent = 1;
        do
        {
            Assert.True((await NotifyAsync(sender, "mynetwork")).IsSuccess);
            sent++;
            await Task.Delay(50);
        }
        while ((await ArrivedAsync(nginx, sent))[^1] != Seen("mynetwork", renewed, 204) && sent < 2000);
        Assert.Equal(Seen("mynetwork", renewed, 204), (await ArrivedAsync(nginx, sent))[^1]);
    }

    private static Request Seen(string network, X509Certificate2? certificate, int status) =>
        new(network, certificate?.Thumbprint.ToLowerInvariant() ?? "", status);

    private static Task<NotificationResult> NotifyAsync(Sender sender, string network) =>
        sender.Notifier.NotifyAsync(new Invitation("15551231234", "johnsnow", network)).WaitAsync(Eventually.Limit);

    private static async Task<(NotificationOutcome Outcome, HttpStatusCode? Status)> OutcomeAsync(Sender sender, string network)
    {
        var result = await NotifyAsync(sender, network);
        return (result.Outcome, result.StatusCode);
    }

    private static async Task<IReadOnlyList<Request>> ArrivedAsync(Server nginx, int count)
    {
        // nginx writes the line after its answer.
        await Eventually.BecomesAsync(() => nginx.ReadRequests<Request>().Count >= count, $"{count} requests");
        var requests = nginx.ReadRequests<Request>();
        Assert.Equal(count, requests.Count);
        return requests;
    }

    private static Dictionary<string, string> Trust(TestAuthority authority) =>
        new() { ["Tls:TrustedCertificates:0"] = authority.Certificate.ExportCertificatePem() };

    private static async Task<Sender> StartAsync(
        Server nginx, bool reuseConnections, params (string Id, Dictionary<string, string> Certificate, Dictionary<string, string> Trust)[] networks)
    {
        var settings = new Dictionary<string, string?>
        {
            ["ReuseConnections"] = reuseConnections.ToString(),
            ["Retry:MaxRetryAttempts"] = "0",

            // The failures here are meant.
            ["CircuitBreaker:MinimumThroughput"] = "1000",
        };
        foreach (var (id, certificate, trust) in networks)
        {
            settings[$"Networks:{id}:InvitationCreatedUrl"] = $"https://127.0.0.1:{nginx.Port}/?network=%network_id%";
            foreach (var (key, value) in certificate)
            {
                settings[$"Networks:{id}:{key}"] = value;
            }

            foreach (var (key, pem) in trust)
            {
                var path = Path.Combine(nginx.Folder, $"trusted-by-{id}.pem");
                await File.WriteAllTextAsync(path, pem);
                settings[$"Networks:{id}:{key}"] = path;
            }
        }

        return await Sender.StartAsync(settings);
    }

    private Task<Server> StartNginxAsync(string protocol)
    {
        using var server = _servers.Issue();
        var files = new Dictionary<string, string>
        {
            ["server.pem"] = server.ExportCertificatePem(),
            ["server.key"] = server.GetECDsaPrivateKey()!.ExportPkcs8PrivateKeyPem(),
            ["clients.pem"] = _clients.Certificate.ExportCertificatePem(),
        };

        // With a session cache: a resumed session must not carry the certificate of another network.
        return Server.StartAsync(ServerProgram.Nginx(
            port => $$"""
                log_format tls escape=json '{ "network": "$arg_network", "certificate": "$ssl_client_fingerprint", "status": $status }';
                ssl_session_cache shared:sessions:1m;
                server {
                    listen 127.0.0.1:{{port}} ssl;
                    ssl_protocols {{protocol}};
                    ssl_certificate server.pem;
                    ssl_certificate_key server.key;
                    ssl_client_certificate clients.pem;
                    ssl_verify_client on;
                    access_log requests.jsonl tls;
                    location / { return 204; }
                }
                """,
            files));
    }

    private Dictionary<string, string> Save(X509Certificate2 certificate, string? name = null)
    {
        name ??= certificate.Thumbprint;
        var (path, keyPath) = (Path.Combine(_folder, name + ".pem"), Path.Combine(_folder, name + ".key"));
        Write(keyPath, Encoding.ASCII.GetBytes(certificate.GetECDsaPrivateKey()!.ExportPkcs8PrivateKeyPem()));
        Write(path, Encoding.ASCII.GetBytes(certificate.ExportCertificatePem()));
        return new() { ["Tls:ClientCertificate:Path"] = path, ["Tls:ClientCertificate:KeyPath"] = keyPath };
    }

    private Dictionary<string, string> SavePkcs12(X509Certificate2 certificate)
    {
        var path = Path.Combine(_folder, certificate.Thumbprint + ".p12");
        Write(path, certificate.Export(X509ContentType.Pkcs12, "secret"));
        return new() { ["Tls:ClientCertificate:Path"] = path, ["Tls:ClientCertificate:Password"] = "secret" };
    }

    private static void Write(string path, byte[] content)
    {
        File.WriteAllBytes(path, content);
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        }
    }

    private sealed record Request(string Network, string Certificate, int Status);
}
