using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Acrobits.InvitationNotifier.Tests.Support;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;

namespace Acrobits.InvitationNotifier.Tests.EndToEnd;

/// <summary>
/// No part of an invitation, no secret of a configuration and nothing that a provider answers is ever seen by an operator,
/// whatever happens.
/// </summary>
[Collection(typeof(Alone))]
public sealed class PrivacyTests(ITestOutputHelper output)
{
    // A provider that sends back all it got, as what the name says. {0}: the request's line and headers in one line. No
    // outcome: the client's versions differ in what they put up with.
    private static readonly Dictionary<string, (string Answer, NotificationOutcome? Outcome)> Echoes = new()
    {
        ["204 with everything"] = ("HTTP/1.1 204 {0}\r\nX-Echo: {0}\r\nLocation: http://127.0.0.1/?{0}\r\nSet-Cookie: {0}\r\nServer: {0}\r\n\r\n", NotificationOutcome.Delivered),
        ["reason phrase"] = ("HTTP/1.1 400 {0}\r\nContent-Length: 0\r\n\r\n", NotificationOutcome.Rejected),
        ["headers"] = ("HTTP/1.1 500 No\r\nX-Echo: {0}\r\nSet-Cookie: {0}\r\nServer: {0}\r\nContent-Length: 0\r\n\r\n", NotificationOutcome.Rejected),
        ["body"] = ("HTTP/1.1 200 OK\r\nContent-Type: {0}\r\n\r\n{0}", NotificationOutcome.Rejected),
        ["redirect"] = ("HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:9/?{0}\r\nContent-Length: 0\r\n\r\n", NotificationOutcome.Rejected),
        ["malformed redirect"] = ("HTTP/1.1 307 Found\r\nLocation: http://[{0}\r\nContent-Length: 0\r\n\r\n", NotificationOutcome.Rejected),
        ["challenge"] = ("HTTP/1.1 401 No\r\nWWW-Authenticate: Basic realm=\"{0}\"\r\nContent-Length: 0\r\n\r\n", NotificationOutcome.Rejected),
        ["proxy challenge"] = ("HTTP/1.1 407 No\r\nProxy-Authenticate: Digest realm=\"{0}\"\r\nContent-Length: 0\r\n\r\n", NotificationOutcome.Rejected),
        ["retry after"] = ("HTTP/1.1 503 No\r\nRetry-After: {0}\r\nContent-Length: 0\r\n\r\n", NotificationOutcome.Rejected),
        ["retry after twice"] = ("HTTP/1.1 429 No\r\nRetry-After: 7731\r\nRetry-After: {0}\r\nContent-Length: 0\r\n\r\n", NotificationOutcome.Rejected),
        ["interim answer"] = ("HTTP/1.1 103 {0}\r\nLink: {0}\r\n\r\nHTTP/1.1 403 {0}\r\nContent-Length: 0\r\n\r\n", NotificationOutcome.Rejected),
        ["status line"] = ("{0}\r\n\r\n", NotificationOutcome.Unreachable),
        ["protocol"] = ("{0} 204 OK\r\n\r\n", NotificationOutcome.Unreachable),
        ["version"] = ("HTTP/{0} 204 OK\r\n\r\n", NotificationOutcome.Unreachable),
        ["status code"] = ("HTTP/1.1 {0} OK\r\n\r\n", NotificationOutcome.Unreachable),
        ["header without a colon"] = ("HTTP/1.1 204 OK\r\n{0}\r\n\r\n", NotificationOutcome.Unreachable),
        ["header name"] = ("HTTP/1.1 204 OK\r\n{0}: x\r\n\r\n", NotificationOutcome.Unreachable),
        ["folded header"] = ("HTTP/1.1 404 OK\r\nContent-Length: 0\r\nX-A: b\r\n {0}\r\n\r\n", NotificationOutcome.Rejected),
        ["line feed in a header"] = ("HTTP/1.1 204 OK\r\nX-A: \n{0}\r\n\r\n", NotificationOutcome.Unreachable),
        ["carriage return in a header"] = ("HTTP/1.1 204 OK\r\nX-A: \r{0}\r\n\r\n", null),
        ["length"] = ("HTTP/1.1 404 OK\r\nContent-Length: {0}\r\n\r\n", null),
        ["two lengths"] = ("HTTP/1.1 404 OK\r\nContent-Length: 1\r\nContent-Length: {0}\r\n\r\n{0}", null),
        ["chunk size"] = ("HTTP/1.1 404 OK\r\nTransfer-Encoding: chunked\r\n\r\n{0}\r\n", NotificationOutcome.Rejected),
        ["chunk extension"] = ("HTTP/1.1 404 OK\r\nTransfer-Encoding: chunked\r\n\r\n3;{0}\r\nabc{0}\r\n0\r\n\r\n", NotificationOutcome.Rejected),
        ["chunk trailer"] = ("HTTP/1.1 404 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n{0}\r\n\r\n", NotificationOutcome.Rejected),
        ["transfer encoding"] = ("HTTP/1.1 404 OK\r\nTransfer-Encoding: {0}\r\n\r\n{0}", NotificationOutcome.Rejected),
        ["content encoding"] = ("HTTP/1.1 404 OK\r\nContent-Encoding: {0}\r\nContent-Length: 3\r\n\r\nabc", NotificationOutcome.Rejected),
        ["charset"] = ("HTTP/1.1 404 OK\r\nContent-Type: text/plain; charset={0}\r\nContent-Length: 3\r\n\r\nabc", NotificationOutcome.Rejected),
        ["short body"] = ("HTTP/1.1 404 OK\r\nContent-Length: 300\r\n\r\n{0}", NotificationOutcome.Rejected),
        ["upgrade"] = ("HTTP/1.1 101 {0}\r\nUpgrade: {0}\r\nConnection: upgrade\r\n\r\n{0}", NotificationOutcome.Rejected),
        ["HTTP/2"] = ("PRI * HTTP/2.0\r\n\r\n{0}\r\n\r\n", NotificationOutcome.Unreachable),
        ["nothing whole"] = ("HTTP/1.1 204 {0}", NotificationOutcome.Unreachable),
    };

    public static MatrixTheoryData<string, string> EchoesAndFormats => new(Echoes.Keys, ["get", "json"]);

    public static MatrixTheoryData<string, string> FailuresAndFormats => new(
        ["delivered", "closed", "reset", "refused", "long headers", "timeout", "total timeout", "no tls", "no name", "no address", "blocked"],
        ["get", "json", "xml", "form"]);

    [Theory, MemberData(nameof(EchoesAndFormats))]
    public async Task NotifyAsync_ProviderSendsEverythingBack_NothingIsSeen(string echo, string format)
    {
        var (answer, outcome) = Echoes[echo];
        await using var provider = new Provider(Replies.Echo(request => string.Format(
            CultureInfo.InvariantCulture, answer, $"zqresponse7731 {Secrets.Invitee} {request.Replace("\r\n", " ", StringComparison.Ordinal)}")));
        using var surveillance = new Surveillance();
        using (var application = Watched(surveillance, Secrets.Endpoint("http", Authority(provider.Port), format)))
        {
            var result = await NotifyAsync(application, surveillance);

            Assert.Equal(outcome ?? result.Outcome, result.Outcome);
        }

        AssertSent(provider, format);
        AssertNothingSeen(surveillance);
    }

    [Theory, MemberData(nameof(FailuresAndFormats))]
    public async Task NotifyAsync_EachFailure_NothingIsSeen(string failure, string format)
    {
        var time = new FakeTimeProvider();
        await using var provider = new Provider(failure switch
        {
            "delivered" => Replies.NoContent,
            "reset" => Replies.Reset,
            "long headers" => Replies.Status(204, $"X-Long: {new string('x', 20_000)}\r\n"),
            "timeout" or "total timeout" => Replies.Hang,
            "no tls" => Replies.Text("HTTP/1.1 400 zqresponse7731\r\n\r\n"),
            _ => Replies.Close,
        });
        var authority = failure switch
        {
            "refused" => Authority(await Application.FindSilentPortAsync()),
            "no name" or "no address" => "provider.test",
            "blocked" => "10.0.0.1",
            _ => Authority(provider.Port),
        };
        using var surveillance = new Surveillance();
        using (var application = Watched(
            surveillance,
            Secrets.Endpoint(failure == "no tls" ? "https" : "http", authority, format),
            options =>
            {
                options.AttemptTimeout = TimeSpan.FromSeconds(10);
                options.TotalTimeout = TimeSpan.FromSeconds(failure == "total timeout" ? 5 : 60);
            },
            services => services
                .ResolveNames(_ => failure == "no name"
                    ? Task.FromException<IPAddress[]>(new SocketException((int)SocketError.HostNotFound))
                    : Task.FromResult<IPAddress[]>([]))
                .Replace(ServiceDescriptor.Singleton<TimeProvider>(time))))
        {
            var notifying = NotifyAsync(application, surveillance);
            for (var attempt = 0; attempt < 2 && failure.EndsWith("timeout", StringComparison.Ordinal) && !notifying.IsCompleted; attempt++)
            {
                await Task.WhenAny(provider.ArrivedAsync(), notifying);
                time.Advance(TimeSpan.FromSeconds(10));
            }

            var result = await notifying;

            Assert.Equal(
                failure switch
                {
                    "delivered" => NotificationOutcome.Delivered,
                    "blocked" => NotificationOutcome.Blocked,
                    _ => NotificationOutcome.Unreachable,
                },
                result.Outcome);
        }

        AssertNothingSeen(surveillance);
    }

    [Theory]
    [InlineData("get")]
    [InlineData("json")]
    public async Task NotifyAsync_CircuitOpen_NothingIsSeen(string format)
    {
        await using var provider = new Provider(Replies.Status(500));
        using var surveillance = new Surveillance();
        using (var application = Watched(
            surveillance,
            Secrets.Endpoint("http", Authority(provider.Port), format),
            options => options.CircuitBreaker = new CircuitBreakerOptions { MinimumThroughput = 2, FailureRatio = 1 }))
        {
            await NotifyAsync(application, surveillance);
            var result = await NotifyAsync(application, surveillance);

            Assert.Equal(NotificationOutcome.Suspended, result.Outcome);
        }

        AssertNothingSeen(surveillance);
    }

    [Fact]
    public async Task NotifyAsync_TooManyThenCancelled_NothingIsSeen()
    {
        await using var provider = new Provider(Replies.Hang);
        using var surveillance = new Surveillance();
        using (var application = Watched(
            surveillance,
            Secrets.Endpoint("http", Authority(provider.Port), "json"),
            options => (options.MaxConcurrentRequests, options.MaxQueuedRequests) = (1, 0)))
        {
            using var giveUp = new CancellationTokenSource();
            var first = application.Notifier().NotifyAsync(Secrets.Invitation, giveUp.Token);
            await provider.ArrivedAsync();
            var second = await NotifyAsync(application, surveillance);
            await giveUp.CancelAsync();
            var cancelled = await Assert.ThrowsAnyAsync<OperationCanceledException>(() => first);
            surveillance.Write("exception", Surveillance.Describe(cancelled));

            Assert.Equal(NotificationOutcome.Suspended, second.Outcome);
        }

        AssertNothingSeen(surveillance);
    }

    [Theory]
    [InlineData("\u0001zqinvitee7731", "xml")]
    [InlineData("zqinvitee7731\uFFFF", "xml")]
    public async Task NotifyAsync_Unrepresentable_NothingIsSeen(string invitee, string format)
    {
        using var surveillance = new Surveillance();
        using (var application = Watched(surveillance, Secrets.Endpoint("http", "127.0.0.1:9", format)))
        {
            var invitation = new Invitation(invitee, Secrets.Invitor, Secrets.NetworkId);
            var result = await application.Notifier().NotifyAsync(invitation);
            surveillance.Write("result", $"{result} {Surveillance.Describe(result.Exception)} {invitation}");

            Assert.Equal(NotificationOutcome.Unrepresentable, result.Outcome);
        }

        var refused = Assert.Throws<FormatException>(() => InvitationEndpoint
            .Create(Secrets.Endpoint("http", "127.0.0.1:9", format))
            .CreateRequest(new Invitation(invitee, Secrets.Invitor, Secrets.NetworkId)));
        surveillance.Write("exception", Surveillance.Describe(refused));
        AssertNothingSeen(surveillance);
    }

    [Fact]
    public async Task NotifyAsync_DotSegmentAndNoWebService_NothingIsSeen()
    {
        using var surveillance = new Surveillance();
        using (var application = Watched(surveillance, Secrets.Endpoint("http", "127.0.0.1:9", "get"), options => options.Networks["none"] = new()))
        {
            var dots = await application.Notifier().NotifyAsync(new Invitation(Secrets.Invitee, "..", Secrets.NetworkId));
            var none = await application.Notifier().NotifyAsync(new Invitation(Secrets.Invitee, Secrets.Invitor, "none"));
            surveillance.Write("result", $"{dots} {none}");

            Assert.Equal((NotificationOutcome.Unrepresentable, NotificationOutcome.NotConfigured), (dots.Outcome, none.Outcome));
        }

        AssertNothingSeen(surveillance);
    }

    [Fact]
    public void Invitation_WrongArguments_NothingIsSeen()
    {
        var refused = new[]
        {
            Assert.Throws<ArgumentException>(() => new Invitation("zqinvitee7731\uD800", "a", "b")),
            Assert.Throws<ArgumentException>(() => new Invitation("a", "zqinvitor7731\uDC00", "b")),
            Assert.Throws<ArgumentException>(() => new Invitation("zqinvitee7731", "zqinvitor7731", " ")),
        };

        Assert.All(refused, exception => Assert.Empty(Secrets.In(Surveillance.Describe(exception))));
        Assert.Empty(Secrets.In(Secrets.Invitation.ToString()));
        Assert.Contains(Secrets.NetworkId, Secrets.Invitation.ToString(), StringComparison.Ordinal);
    }

    // A key and a value that is wrong, with a secret in it, and often enough just before what is wrong.
    public static TheoryData<string, string> WrongSettings => new()
    {
        { "InvitationCreatedUrl", "zqpath7731" },
        { "InvitationCreatedUrl", "ftp://zquser7731:zqpassword7731@127.0.0.1/zqpath7731" },
        { "InvitationCreatedUrl", "http://zquser7731:zqpassword7731@127.0.0.1:zqlook7731/zqpath7731" },
        { "InvitationCreatedUrl", "http://zquser7731:zqpassword7731@zq look/zqpath7731" },
        { "InvitationCreatedUrl", "http://zquser7731:zqpass/zqpassword7731@127.0.0.1/" },
        { "InvitationCreatedUrl", "http://zquser7731:%invitee%zqpassword7731@127.0.0.1/" },
        { "InvitationCreatedUrl", "http://127.0.0.1/zqpath7731\u0001" },
        { "InvitationCreatedUrl", "http://127.0.0.1/zqpath7731\uD800" },
        { "InvitationCreatedUrl:0", "zqquery7731" },
        { "InvitationCreatedPostData", "{\"a\": zqbody7731 %invitee%}" },
        { "InvitationCreatedPostData", "{\"zqbody7731\": %invitee%}" },
        { "InvitationCreatedPostData", "<zqbody7731><%invitee%/></zqbody7731>" },
        { "InvitationCreatedPostData", "<!DOCTYPE zqbody7731><r/>" },
        { "InvitationCreatedPostData", "<r>&zqbody7731;</r>" },
        { "InvitationCreatedPostData", "<zqbody7731:r/>" },
        { "InvitationCreatedPostData", "<zqbody7731></zqheader7731>" },
        { "InvitationCreatedPostData", "<?xml version='1.0' encoding='zqbody7731'?><r/>" },
        { "InvitationCreatedPostData", "zqbody7731\uD800" },
        { "InvitationCreatedContentType", "text/zqbody7731" },
        { "InvitationCreatedContentType", "application/json; charset=zqbody7731" },
        { "Headers:X-Api-Key", "zqheader7731\r\nX-Other: zqheader7731" },
        { "Headers:X-Api-Key", "zqheader7731 ü" },
        { "Headers:X-Api-Key:0", "zqheader7731" },
        { "Headers:Content-Type", "zqheader7731" },
        { "Headers:Content-Language", "zqheader7731" },
        { "Headers:Host", "zqheader7731" },
        { "Headers:Authorization", "zqheader7731" },
        { "Networks", "zqpath7731" },
        { "Networks:other", "http://127.0.0.1/zqpath7731" },
        { "Networks:other:InvitationCreatedPostData", "zqbody7731" },
        { "Networks:other:InvitationCreatedUrl", "zqpath7731" },
        { "UserAgent", "zqheader7731\r\n" },
        { "ReuseConnections", "zqheader7731" },
        { "AttemptTimeout", "zqheader7731" },
        { "MaxConcurrentRequests", "zqheader7731" },
        { "CircuitBreaker:FailureRatio", "zqheader7731" },
        { "Egress:AllowedRanges:0", "zqheader7731" },
        { "Egress", "zqheader7731" },
        { "Wrong", "zqheader7731" },
    };

    [Theory, MemberData(nameof(WrongSettings))]
    public async Task Configuration_WrongAtStartOrAfterAReload_NothingIsSeen(string key, string value)
    {
        var isXml = value.StartsWith('<');
        (string Key, string? Value)[] good =
        [
            ("InvitationCreatedUrl", Secrets.Url("http", "127.0.0.1:9")), ("Headers:X-Other", "zqheader7731"),
            ("InvitationCreatedContentType", isXml ? "application/xml" : "application/json"),
        ];
        (string Key, string? Value)[] wrong = [.. good.Where(pair => pair.Key != key.Split(":0")[0]), (key, value)];
        using var surveillance = new Surveillance();

        using (var application = Watched(surveillance, ChangingConfiguration.Create(wrong).Configuration))
        {
            foreach (var act in new Action[]
            {
                () => application.GetRequiredService<IOptions<InvitationNotifierOptions>>().Value.ToString(),
                () => application.GetRequiredService<IOptionsMonitor<InvitationNotifierOptions>>().CurrentValue.ToString(),
                () => application.GetRequiredService<IStartupValidator>().Validate(),
            })
            {
                surveillance.Write("exception", Surveillance.Describe(Assert.Throws<OptionsValidationException>(act)));
            }

            var refused = await Assert.ThrowsAsync<OptionsValidationException>(() => application.NotifyAsync());
            surveillance.Write("exception", Surveillance.Describe(refused));
            Assert.NotEmpty(refused.Failures);
        }

        var (configuration, source) = ChangingConfiguration.Create([.. good, ("Egress:AllowedRanges:0", "10.0.0.0/8")]);
        using (var application = Watched(surveillance, configuration))
        {
            await NotifyAsync(application, surveillance);
            source.Change(wrong);
            await NotifyAsync(application, surveillance);
        }

        Assert.Contains(surveillance.Seen, seen => seen.StartsWith("log: ", StringComparison.Ordinal) && seen.Contains("ConfigurationInvalid", StringComparison.Ordinal));
        AssertNothingSeen(surveillance);
    }

    [Theory]
    [InlineData("get")]
    [InlineData("json")]
    public async Task HttpClient_OfTheApplicationItself_IsSeen(string format)
    {
        // Not about the notifier: the same request through an ordinary client, to show that the surveillance sees.
        await using var provider = new Provider(Replies.NoContent);
        using var surveillance = new Surveillance();
        var services = new ServiceCollection();
        services.AddLogging(logging => logging.SetMinimumLevel(LogLevel.Trace).AddProvider(surveillance));
        services.AddHttpClient("ordinary");
        using (var application = services.BuildServiceProvider())
        {
            using var request = InvitationEndpoint.Create(Secrets.Endpoint("http", Authority(provider.Port), format)).CreateRequest(Secrets.Invitation);
            using var response = await application.GetRequiredService<IHttpClientFactory>().CreateClient("ordinary").SendAsync(request);
            surveillance.Write("exception", Surveillance.Describe(new InvalidOperationException("", new HttpRequestException(Secrets.Invitee))));
        }

        surveillance.Settle();

        // The framework's activities tell the URL since .NET 9.
        var kinds = new List<string> { "log: ", "diagnostic: ", "exception: " };
        if (Environment.Version.Major >= 9)
        {
            kinds.Add("activity: ");
        }

        foreach (var kind in kinds)
        {
            Assert.Contains(surveillance.Seen, seen => seen.StartsWith(kind, StringComparison.Ordinal) && Secrets.In(seen).Length > 0);
        }

        AssertSent(provider, format);
    }

    [Fact]
    public async Task FrameworkEvents_Delivered_AreReported()
    {
        // No assertion about the framework's own event sources, which no library can switch off: they are read by tools
        // that someone attaches to the process. What they show is printed.
        await using var provider = new Provider(Replies.NoContent);
        using var surveillance = new Surveillance();
        using var events = new FrameworkEvents();
        using (var application = Watched(surveillance, Secrets.Endpoint("http", Authority(provider.Port), "json")))
        {
            Assert.Equal(NotificationOutcome.Delivered, (await NotifyAsync(application, surveillance)).Outcome);
        }

        var telling = events.Seen.Select(seen => (Event: seen[..seen.IndexOf(':', StringComparison.Ordinal)], Secrets: Secrets.In(seen)))
            .Where(seen => seen.Secrets.Length > 0)
            .GroupBy(seen => seen.Event, (name, all) => $"{name}: {string.Join(' ', all.SelectMany(one => one.Secrets).Distinct())}");
        output.WriteLine(string.Join(Environment.NewLine, telling.DefaultIfEmpty("Nothing.")));
        Assert.NotEmpty(events.Seen);
    }

    [Theory]
    [InlineData("get")]
    [InlineData("json")]
    public async Task EnqueueAsync_ObserverThrowsAndDeliveriesAreLogged_NothingIsSeen(string format)
    {
        await using var provider = new Provider(Replies.Sequence(Replies.Status(500), Replies.Status(500), Replies.NoContent));
        using var surveillance = new Surveillance();
        using (var application = Watched(
            surveillance,
            Secrets.Endpoint("http", Authority(provider.Port), format),
            also: services => services.AddInvitationDeliveryLog().AddNotificationObserver<TalkativeObserver>()
                .AddInvitationQueue(options => options.Redelivery = new(TimeSpan.Zero, TimeSpan.Zero))))
        {
            var host = application.GetServices<IHostedService>().Single(service => service is IInvitationQueue);
            await host.StartAsync(CancellationToken.None);
            await application.GetRequiredService<IInvitationQueue>().EnqueueAsync(Secrets.Invitation);
            await Eventually.BecomesAsync(
                () => surveillance.Seen.Any(seen => seen.Contains("process invitations", StringComparison.Ordinal)
                    && seen.Contains("progress=completed", StringComparison.Ordinal)),
                "delivered");
            await host.StopAsync(CancellationToken.None);

            var entries = await application.GetRequiredService<IDeliveryLog>().QueryAsync();
            Assert.Equal([NotificationProgress.Completed, NotificationProgress.Deferred], entries.Select(entry => entry.Progress));
            Assert.All(entries, entry => surveillance.Write("delivery log", entry.ToString()));
        }

        AssertSent(provider, format);
        Assert.Contains(surveillance.Seen, seen => seen.Contains(nameof(TalkativeObserver), StringComparison.Ordinal));
        AssertNothingSeen(surveillance);
    }

    private static string Authority(int port) => string.Create(CultureInfo.InvariantCulture, $"127.0.0.1:{port}");

    private static ServiceProvider Watched(
        Surveillance surveillance,
        InvitationEndpointOptions endpoint,
        Action<InvitationNotifierOptions>? configure = null,
        Action<IServiceCollection>? also = null) => Application.Create(
            options =>
            {
                options.Networks[Secrets.NetworkId] = endpoint;
                options.Retry.MaxRetryAttempts = 1;
                configure?.Invoke(options);
            },
            (services, _) =>
            {
                services.AddLogging(logging => logging.SetMinimumLevel(LogLevel.Trace).AddProvider(surveillance));
                also?.Invoke(services);
            });

    private static ServiceProvider Watched(Surveillance surveillance, IConfiguration configuration) => Application.Create(
        configuration,
        (services, _) => services.AddLogging(logging => logging.SetMinimumLevel(LogLevel.Trace).AddProvider(surveillance)));

    private static async Task<NotificationResult> NotifyAsync(ServiceProvider application, Surveillance surveillance)
    {
        var result = await application.Notifier().NotifyAsync(Secrets.Invitation);
        surveillance.Write("result", $"{result} {Surveillance.Describe(result.Exception)}");
        return result;
    }

    // The marks did leave, each where it belongs: what is looked for below is what was there to be seen.
    private static void AssertSent(Provider provider, string format)
    {
        var request = provider.Requests.First();
        var credentials = Convert.ToBase64String(Encoding.UTF8.GetBytes("zquser7731@:zqpassword7731/ü"));
        Assert.Contains($"Authorization: Basic {credentials}", request, StringComparison.Ordinal);
        Assert.NotEmpty(Secrets.In(credentials));
        Assert.All(
            ["zqinvitee7731", "zqinvitor7731", "zqpath7731", "zqquery7731", "zqlook7731", "zqheader7731", format == "get" ? "" : "zqbody7731"],
            mark => Assert.Contains(mark, request, StringComparison.Ordinal));
    }

    private static void AssertNothingSeen(Surveillance surveillance)
    {
        surveillance.Settle();

        Assert.Contains(surveillance.Seen, seen => seen.StartsWith("log: Acrobits", StringComparison.Ordinal));
        Assert.Contains(surveillance.Seen, seen => seen.StartsWith("activity: Acrobits", StringComparison.Ordinal));
        Assert.Contains(surveillance.Seen, seen => seen.StartsWith("metric: Acrobits", StringComparison.Ordinal));
        Assert.DoesNotContain(surveillance.Seen, seen => Secrets.In(seen).Length > 0);
    }

    private sealed class TalkativeObserver : INotificationObserver
    {
        public ValueTask OnNotifiedAsync(NotificationReport report, CancellationToken cancellationToken) =>
            throw new InvalidOperationException($"{report.Invitation.Invitee} {report.Invitation.Invitor}");
    }
}
