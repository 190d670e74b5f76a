using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace Acrobits.InvitationNotifier.Tests.EndToEnd;

/// <summary>The egress guard from end to end: real listeners on loopback, which nothing may reach that is not allowed to.</summary>
public sealed class EgressTests
{
    private const string AnyName = "provider.test";

    public static TheoryData<string> SpellingsOfLoopback => new(
        "127.0.0.1", "127.1", "127.0.1", "127.9.8.7", "2130706433", "0177.0.0.1", "0177.1", "017700000001", "0x7f.1",
        "0x7f.0.0.1", "0X7F.0X0.0X0.0X1", "0x7f000001", "0x7F000001", "127.0.0.01", "127.0.0.1.",
        "0.0.0.0", "0", "0.0", "0x0",
        "[::1]", "[0:0:0:0:0:0:0:1]", "[0000:0000:0000:0000:0000:0000:0000:0001]", "[::0.0.0.1]", "[::1%251]", "[::1%25lo]",
        "[::]", "[0:0:0:0:0:0:0:0]", "[::0.0.0.0]",
        "[::ffff:127.0.0.1]", "[::FFFF:7F00:1]", "[::ffff:0:127.0.0.1]", "[0:0:0:0:0:ffff:7f00:0001]", "[::ffff:0.0.0.0]",
        "[::127.0.0.1]", "[::7f00:1]", "[64:ff9b::127.0.0.1]", "[64:ff9b::7f00:1]", "[64:ff9b:1::127.0.0.1]", "[2002:7f00:1::]",
        "１２７.０.０.１", "127。0。0。1", "①②⑦.⓪.⓪.①", "%31%32%37.0.0.1", "127%2E0%2E0%2E1", "%6cocalhost",
        "localhost", "LOCALHOST", "LocalHost", "ｌｏｃａｌｈｏｓｔ", "localhost.", "a.localhost", "localhost.localdomain",
        "user@127.0.0.1", "user:password@127.0.0.1", "example.com@127.0.0.1", "example.com:80@127.0.0.1",
        "example.com\\@127.0.0.1", "127.0.0.1\\.example.com", "127.0.0.1#@example.com", "127.0.0.1?@example.com",
        "127.0.0.1\t", " 127.0.0.1", "127.0.0.1\u00AD", "127\u200B.0.0.1", "127.0.0.1\u0000.example.com");

    [Theory, MemberData(nameof(SpellingsOfLoopback))]
    public async Task NotifyAsync_LoopbackInAnySpelling_IsRefusedOrBlockedAndNeverConnected(string host)
    {
        await using var provider = new Provider(Replies.NoContent);
        await using var provider6 = Provider.HasIPv6 ? new Provider(Replies.NoContent, IPAddress.IPv6Loopback, provider.Port) : null;
        var url = Url(host, provider.Port);

        // Whoever gets past the parser as a name has a resolver of the attacker's: it says loopback to everything.
        using var application = Application.Create(options => (options.InvitationCreatedUrl, options.Egress.AllowedRanges) = (url, []),
            (services, _) => services.ResolveNames(name => IPAddress.TryParse(name, out var _) || name == "localhost"
                ? Dns.GetHostAddressesAsync(name)
                : Task.FromResult(new[] { IPAddress.Loopback })));

        try
        {
            var result = await application.NotifyAsync();

            Assert.Equal(NotificationOutcome.Blocked, result.Outcome);
            Assert.False(result.IsTransient);
            Assert.Equal(1, result.Attempts);
        }
        catch (OptionsValidationException refused)
        {
            Assert.Single(refused.Failures);
            Assert.StartsWith("InvitationCreatedUrl: ", refused.Message, StringComparison.Ordinal);
        }

        Assert.Equal(0, provider.Connections + (provider6?.Connections ?? 0));
    }

    [Theory]
    [InlineData("127.0.0.1", "127.0.0.0/8 (loopback, RFC 1122)")]
    [InlineData("2130706433", "127.0.0.0/8 (loopback, RFC 1122)")]
    [InlineData("[::ffff:127.0.0.1]", "127.0.0.0/8 (loopback, RFC 1122)")]
    [InlineData("[64:ff9b::10.0.0.1]", "10.0.0.0/8 (private, RFC 1918)")]
    [InlineData("10.1.2.3", "10.0.0.0/8 (private, RFC 1918)")]
    [InlineData("169.254.169.254", "169.254.0.0/16 (link-local, RFC 3927)")]
    [InlineData("[::1]", "::1/128 (loopback, RFC 4291)")]
    [InlineData("[fd00::1]", "fc00::/7 (unique local, RFC 4193)")]
    public async Task NotifyAsync_ForbiddenAddress_ExceptionNamesAddressRangeAndKey(string host, string range)
    {
        using var application = Application.Create(options =>
            (options.InvitationCreatedUrl, options.Egress.AllowedRanges) = (Url(host, 9), []));

        var result = await application.NotifyAsync();

        Assert.Equal(NotificationOutcome.Blocked, result.Outcome);
        Assert.Contains(range, result.Exception!.Message, StringComparison.Ordinal);
        Assert.Contains("Egress:AllowedRanges", result.Exception.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("127.0.0.1", "10.0.0.1")]
    [InlineData("10.0.0.1", "127.0.0.1")]
    [InlineData("127.0.0.1", "fd00::1")]
    [InlineData("127.0.0.1", "169.254.169.254")]
    [InlineData("127.0.0.1", "::ffff:10.0.0.1")]
    public async Task NotifyAsync_NameWithAnAllowedAndAForbiddenAnswer_IsBlockedAsAWhole(params string[] answers)
    {
        await using var provider = new Provider(Replies.NoContent);
        using var application = Application.Create(
            Url(AnyName, provider.Port), (services, _) => services.ResolveNames(answers));

        var result = await application.NotifyAsync();

        Assert.Equal(NotificationOutcome.Blocked, result.Outcome);
        Assert.Equal(0, provider.Connections);
    }

    [Fact]
    public async Task NotifyAsync_NameThatChangesItsAnswerAtOnce_DialsTheAddressThatWasChecked()
    {
        await using var allowed = new Provider(Replies.NoContent);
        var answers = new Answers(["127.0.0.1"], ["127.0.0.2"]);
        await using var forbidden = new Provider(Replies.NoContent, IPAddress.Parse("127.0.0.2"), allowed.Port);
        using var application = Application.Create(Url(AnyName, allowed.Port), (services, _) => services.ResolveNames(answers.NextAsync));

        var first = await application.NotifyAsync();

        Assert.Equal(NotificationOutcome.Delivered, first.Outcome);
        Assert.Equal([AnyName], answers.Asked);
        Assert.Equal((1, 0), (allowed.Connections, forbidden.Connections));

        var second = await application.NotifyAsync();

        Assert.Equal(NotificationOutcome.Blocked, second.Outcome);
        Assert.Equal((1, 0), (allowed.Connections, forbidden.Connections));
    }

    [Fact]
    public async Task NotifyAsync_NameThatChangesBetweenTwoAttempts_BlocksTheSecondAttempt()
    {
        await using var provider = new Provider(Replies.Status(503));
        var answers = new Answers(["127.0.0.1"], ["10.0.0.1"]);
        using var application = Application.Create(
            options =>
            {
                options.InvitationCreatedUrl = Url(AnyName, provider.Port);
                options.Retry.MaxRetryAttempts = 5;
            },
            (services, _) => services.ResolveNames(answers.NextAsync));

        var result = await application.NotifyAsync();

        Assert.Equal((NotificationOutcome.Blocked, 2), (result.Outcome, result.Attempts));
        Assert.Equal(1, provider.Connections);
    }

    [Theory]
    [InlineData(301)]
    [InlineData(302)]
    [InlineData(303)]
    [InlineData(307)]
    [InlineData(308)]
    public async Task NotifyAsync_RedirectToAnInnerAddress_IsNotFollowed(int status)
    {
        await using var inner = new Provider(Replies.NoContent);
        await using var provider = new Provider(Replies.Status(status, $"Location: {inner.Url}\r\n"));
        using var application = Application.Create(provider.Url);

        var result = await application.NotifyAsync();

        Assert.Equal((NotificationOutcome.Rejected, (HttpStatusCode)status), (result.Outcome, result.StatusCode));
        Assert.Equal((1, 0), (provider.Connections, inner.Connections));
    }

    [Theory]
    [InlineData("127.0.0.2", "127.0.0.3", "127.0.0.1")]
    [InlineData("::1", "127.0.0.1")]
    public async Task NotifyAsync_FirstAddressesRefuse_LaterOneIsTried(params string[] addresses)
    {
        Assert.SkipUnless(Provider.HasIPv6, "There is no IPv6 here.");
        await using var provider = new Provider(Replies.NoContent);
        using var application = Application.Create(
            options =>
            {
                options.InvitationCreatedUrl = Url(AnyName, provider.Port);
                options.Egress.AllowedRanges = ["127.0.0.0/8", "::1/128"];
            },
            (services, _) => services.ResolveNames(addresses));

        var result = await application.NotifyAsync();

        Assert.Equal((NotificationOutcome.Delivered, 1), (result.Outcome, result.Attempts));
    }

    [Fact]
    public async Task NotifyAsync_FirstAddressIsIPv4AndSilent_IPv6IsTried()
    {
        Assert.SkipUnless(Provider.HasIPv6, "There is no IPv6 here.");
        await using var provider = new Provider(Replies.NoContent, IPAddress.IPv6Loopback);
        using var application = Application.Create(
            Url(AnyName, provider.Port), (services, _) => services.ResolveNames("127.0.0.1", "::1"));

        var result = await application.NotifyAsync();

        Assert.Equal((NotificationOutcome.Delivered, 1), (result.Outcome, result.Attempts));
    }

    [Fact]
    public async Task NotifyAsync_FirstAddressNeverAnswersTheConnect_LeavesTimeForTheNext()
    {
        // A listener that accepts nobody, with its backlog full, answers no further connect on Linux.
        await using var provider = new Provider(Replies.NoContent);
        using var full = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        full.Bind(new IPEndPoint(IPAddress.Parse("127.0.0.2"), provider.Port));
        full.Listen(0);
        var waiting = Enumerable.Range(0, 4).Select(_ => new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp)).ToArray();
        _ = Array.ConvertAll(waiting, socket => socket.ConnectAsync(full.LocalEndPoint!).ContinueWith(task => task.Exception, TaskScheduler.Default));
        using var application = Application.Create(
            options =>
            {
                options.InvitationCreatedUrl = Url(AnyName, provider.Port);
                options.Egress.AllowedRanges = ["127.0.0.0/8"];
                options.AttemptTimeout = TimeSpan.FromSeconds(1.5);
            },
            (services, _) => services.ResolveNames("127.0.0.2", "127.0.0.1", "127.0.0.1"));

        var result = await application.NotifyAsync();

        Array.ForEach(waiting, socket => socket.Dispose());
        Assert.Equal((NotificationOutcome.Delivered, 1), (result.Outcome, result.Attempts));
    }

    [Fact]
    public async Task NotifyAsync_NoAddressAnswers_IsUnreachableAndSaysSo()
    {
        var port = await Application.FindSilentPortAsync();
        using var application = Application.Create(Url(AnyName, port), (services, _) => services.ResolveNames("127.0.0.1", "127.0.0.1"));

        var result = await application.NotifyAsync();

        Assert.Equal((NotificationOutcome.Unreachable, true), (result.Outcome, result.IsTransient));
        Assert.Equal(HttpRequestError.ConnectionError, Assert.IsType<HttpRequestException>(result.Exception).HttpRequestError);
    }

    [Theory]
    [InlineData("[::ffff:127.0.0.1]")]
    [InlineData(AnyName)]
    public async Task NotifyAsync_IPv4AddressInTheFormOfIPv6_IsReached(string host)
    {
        await using var provider = new Provider(Replies.NoContent);
        using var application = Application.Create(
            Url(host, provider.Port), (services, _) => services.ResolveNames("::ffff:127.0.0.1"));

        Assert.Equal(NotificationOutcome.Delivered, (await application.NotifyAsync()).Outcome);
    }

    [Fact]
    public async Task NotifyAsync_NameWithoutAddresses_IsUnreachable()
    {
        using var application = Application.Create(Url(AnyName, 80), (services, _) => services.ResolveNames());

        var result = await application.NotifyAsync();

        Assert.Equal(NotificationOutcome.Unreachable, result.Outcome);
        Assert.Equal(HttpRequestError.NameResolutionError, Assert.IsType<HttpRequestException>(result.Exception).HttpRequestError);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task NotifyAsync_AllowedRangesReloaded_TakesEffectOnTheNextInvitation(bool reuseConnections)
    {
        await using var provider = new Provider(Replies.NoContent);
        var url = ("InvitationCreatedUrl", provider.Url);
        var reuse = ("ReuseConnections", reuseConnections.ToString());
        var (configuration, source) = ChangingConfiguration.Create(url, reuse);
        using var application = Application.Create(configuration);

        Assert.Equal(NotificationOutcome.Blocked, (await application.NotifyAsync()).Outcome);

        source.Change(url, reuse, ("Egress:AllowedRanges:0", "127.0.0.1/32"));
        Assert.Equal(NotificationOutcome.Delivered, (await application.NotifyAsync()).Outcome);

        source.Change(url, reuse, ("Egress:AllowedRanges:0", "10.0.0.0/8"));
        Assert.Equal(NotificationOutcome.Blocked, (await application.NotifyAsync()).Outcome);
        Assert.Single(provider.Requests);
    }

    [Theory]
    [InlineData("http")]
    [InlineData("https")]
    public async Task NotifyAsync_EgressProxyOnThePrimaryHandler_GetsTheRequest(string scheme)
    {
        await using var proxy = new Provider(Replies.Status(scheme == "http" ? 204 : 502));
        using var application = Application.Create($"{scheme}://provider.test/invited?i=%invitee%", UseProxy(proxy.Port));

        var result = await application.NotifyAsync();

        var request = Assert.Single(proxy.Requests);
        if (scheme == "http")
        {
            Assert.Equal(NotificationOutcome.Delivered, result.Outcome);
            Assert.StartsWith("GET http://provider.test/invited?i=15551231234 HTTP/1.1\r\n", request, StringComparison.Ordinal);
        }
        else
        {
            Assert.Equal(NotificationOutcome.Unreachable, result.Outcome);
            Assert.Equal("proxy_tunnel_error", result.ErrorType);
            Assert.StartsWith("CONNECT provider.test:443 HTTP/1.1\r\n", request, StringComparison.Ordinal);
            Assert.DoesNotContain("15551231234", request, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("http")]
    [InlineData("https")]
    public async Task NotifyAsync_EgressProxyAtAnAddressThatIsNotAllowed_IsBlocked(string scheme)
    {
        await using var proxy = new Provider(Replies.NoContent);
        using var application = Application.Create(
            options => (options.InvitationCreatedUrl, options.Egress.AllowedRanges) = ($"{scheme}://provider.test/", []),
            UseProxy(proxy.Port));

        var result = await application.NotifyAsync();

        Assert.Equal(0, proxy.Connections);
        Assert.Equal(NotificationOutcome.Blocked, result.Outcome);
        Assert.Contains("127.0.0.0/8", result.Exception!.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task FindForbiddenRange_AddressOfABlockedNotification_SaysTheSameRange()
    {
        using var application = Application.Create(options =>
            (options.InvitationCreatedUrl, options.Egress.AllowedRanges) = ("http://127.0.0.1:9/", []));

        var range = new EgressOptions().FindForbiddenRange(IPAddress.Loopback);

        Assert.Contains(range!, (await application.NotifyAsync()).Exception!.Message, StringComparison.Ordinal);
    }

    private static string Url(string host, int port) => host.Any(character => character is '#' or '?')
        ? host.Replace("127.0.0.1", string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{port}"), StringComparison.Ordinal)
        : string.Create(CultureInfo.InvariantCulture, $"http://{host}:{port}/");

    // As docs/security.md says it.
    private static Action<IServiceCollection, IHttpClientBuilder> UseProxy(int port) => (_, builder) =>
    {
        var proxy = new WebProxy("127.0.0.1", port);
        builder.ConfigurePrimaryHttpMessageHandler((handler, _) => { var sockets = (SocketsHttpHandler)handler; sockets.Proxy = proxy; sockets.UseProxy = true; });
    };

    private sealed class Answers(params string[][] answers)
    {
        private readonly ConcurrentQueue<string> _asked = new();

        public IEnumerable<string> Asked => _asked;

        public Task<IPAddress[]> NextAsync(string host)
        {
            _asked.Enqueue(host);
            return Task.FromResult(Array.ConvertAll(answers[Math.Min(_asked.Count, answers.Length) - 1], IPAddress.Parse));
        }
    }
}
