using System.Net;
using System.Net.Sockets;
using System.Security.Authentication;
using Acrobits.InvitationNotifier.Tests.Support;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Acrobits.InvitationNotifier.Tests.Delivery;

/// <summary>The outcomes that need no or no proper answer.</summary>
public sealed class OutcomeTests
{
    public static TheoryData<Exception> OddExceptions() =>
    [
        new InvalidOperationException("odd"),
        new ObjectDisposedException("odd"),
        new KeyNotFoundException("odd"),
        new IOException("odd", new SocketException((int)SocketError.TimedOut)),
        new SocketException((int)SocketError.NetworkUnreachable),
        new AuthenticationException("odd"),
        new FormatException("odd"),
        new AggregateException(new HttpRequestException("odd")),
        new TimeoutException("odd"),
        new Polly.Timeout.TimeoutRejectedException("odd"),
        new Polly.CircuitBreaker.BrokenCircuitException("odd"),
    ];

    [Theory]
    [MemberData(nameof(OddExceptions))]
    public async Task NotifyAsync_HandlerThrows_IsUnreachableAfterTheRetries(Exception odd)
    {
        foreach (var isAsync in new[] { false, true })
        {
            var provider = new MockProvider(null, (_, _) =>
                isAsync ? Task.FromException<HttpResponseMessage>(odd) : throw odd);
            await using var host = Create(provider);

            var result = await host.NotifyAsync();

            Assert.Equal((NotificationOutcome.Unreachable, 3), (result.Outcome, result.Attempts));
            Assert.Equal(3, provider.Requests.Count);
            Assert.True(result.IsTransient);
            Assert.Null(result.StatusCode);
            Assert.NotNull(result.Exception);
        }
    }

    [Fact]
    public async Task NotifyAsync_HandlerReturnsNoResponse_IsUnreachable()
    {
        var provider = new MockProvider(null, (_, _) => Task.FromResult<HttpResponseMessage>(null!));
        await using var host = Create(provider);

        var result = await host.NotifyAsync();

        Assert.Equal((NotificationOutcome.Unreachable, 3), (result.Outcome, result.Attempts));
    }

    [Fact]
    public async Task NotifyAsync_NetworkHasNoWebService_IsNotConfigured()
    {
        var provider = new MockProvider(null, HttpStatusCode.NoContent);
        await using var host = Create(provider, options => options.Networks["mynetwork"] = new() { InvitationCreatedUrl = "" });

        var result = await host.NotifyAsync();

        Assert.Equal((NotificationOutcome.NotConfigured, 0), (result.Outcome, result.Attempts));
        Assert.False(result.IsSuccess);
        Assert.False(result.IsTransient);
        Assert.Null(result.StatusCode);
        Assert.Null(result.Exception);
        Assert.Empty(provider.Requests);
        Assert.DoesNotContain(host.Logs, record => record.Level > LogLevel.Debug && record.Id.Id < 20);
    }

    [Theory]
    [InlineData("a\u0001b", "http://provider.example/", "<a>%invitee%</a>")]
    [InlineData("..", "http://provider.example/a/%invitee%/b", null)]
    public async Task NotifyAsync_ValueCannotBeCarried_IsUnrepresentableAndSendsNothing(string value, string url, string? body)
    {
        var provider = new MockProvider(null, HttpStatusCode.NoContent);
        await using var host = Create(provider, options =>
        {
            options.InvitationCreatedUrl = url;
            options.InvitationCreatedPostData = body;
            options.InvitationCreatedContentType = "application/xml";
        });

        var result = await host.NotifyAsync(new Invitation(value, "johnsnow", "mynetwork"));

        Assert.Equal((NotificationOutcome.Unrepresentable, 0), (result.Outcome, result.Attempts));
        Assert.False(result.IsTransient);
        Assert.IsType<FormatException>(result.Exception);
        Assert.Empty(provider.Requests);
    }

    [Fact]
    public async Task NotifyAsync_LookAlikeInTemplate_IsLoggedOnce()
    {
        var provider = new MockProvider(null, HttpStatusCode.NoContent);
        await using var host = Create(provider, options => options.InvitationCreatedUrl = "https://provider.example/?by=%inviter%&i=%invitee%%network_id%");

        await Task.WhenAll(Enumerable.Range(0, 10).Select(_ => host.NotifyAsync()));

        var warning = Assert.Single(host.Logs, record => record.Level == LogLevel.Warning);
        Assert.Contains("%invitor%", warning.Message, StringComparison.Ordinal);
        Assert.Contains("InvitationCreatedUrl", warning.Message, StringComparison.Ordinal);
        Assert.Equal("https://provider.example/?by=%inviter%&i=15551231234mynetwork", provider.Requests[0].RequestUri!.OriginalString);
    }

    [Fact]
    public async Task NotifyAsync_LookAlikeInEndpointOfTheApplication_IsLoggedOnce()
    {
        var endpoint = InvitationEndpoint.Create(new() { InvitationCreatedUrl = "https://provider.example/?a=%INVITEE%&b=%invitor%%network_id%" });
        var provider = new MockProvider(null, HttpStatusCode.NoContent);
        await using var host = NotifierHost.Create(
            _ => { },
            provider.Handler,
            register: services => services.AddSingleton<IInvitationEndpointProvider>(new OneEndpoint(endpoint)));

        await host.NotifyAsync();
        await host.NotifyAsync();

        var warning = Assert.Single(host.Logs, record => record.Level == LogLevel.Warning);
        Assert.Contains("mynetwork", warning.Message, StringComparison.Ordinal);
        Assert.Contains("%invitee%", warning.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task NotifyAsync_Null_Throws()
    {
        await using var host = Create(new MockProvider(null, HttpStatusCode.NoContent));

        await Assert.ThrowsAsync<ArgumentNullException>("invitation", () => host.Notifier.NotifyAsync(null!));
    }

    private static NotifierHost Create(MockProvider provider, Action<InvitationNotifierOptions>? configure = null) => NotifierHost.Create(
        options =>
        {
            options.InvitationCreatedUrl = MockProvider.Url;
            options.Retry = new() { MaxRetryAttempts = 2, Delay = TimeSpan.Zero };
            configure?.Invoke(options);
        },
        provider.Handler);

    private sealed class OneEndpoint(InvitationEndpoint endpoint) : IInvitationEndpointProvider
    {
        public ValueTask<InvitationEndpoint?> GetEndpointAsync(string networkId, CancellationToken cancellationToken) => new(endpoint);
    }
}
