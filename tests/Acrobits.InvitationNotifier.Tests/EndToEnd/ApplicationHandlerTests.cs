using Acrobits.InvitationNotifier.Tests.Support;
using Microsoft.Extensions.DependencyInjection;
using Polly.Timeout;

namespace Acrobits.InvitationNotifier.Tests.EndToEnd;

/// <summary>Handlers of the application that fail: whose failure is it?</summary>
public sealed class ApplicationHandlerTests
{
    private delegate Task<HttpResponseMessage> Step(Func<Task<HttpResponseMessage>> send);

    public static TheoryData<Exception> OwnExceptions => new()
    {
        new InvalidOperationException("mine"),
        new HttpRequestException("The token endpoint refused."),
        new HttpRequestException(HttpRequestError.ConnectionError, "The token endpoint is down."),
        new TaskCanceledException("The token endpoint timed out.", new TimeoutException()),
        new TimeoutException("mine"),
        new OperationCanceledException("mine"),
        new TimeoutRejectedException("mine"),
        new AggregateException(new InvalidOperationException("mine"), new TimeoutException("mine")),
    };

    [Theory, MemberData(nameof(OwnExceptions), DisableDiscoveryEnumeration = true)]
    public async Task NotifyAsync_HandlerThrowsBeforeSending_ReachesTheCallerUnchanged(Exception exception)
    {
        await using var provider = new Provider(Replies.NoContent);
        using var application = Create(provider.Url, _ => throw exception);

        for (var i = 0; i < 20; i++)
        {
            Assert.Same(exception, await Record.ExceptionAsync(application.NotifyAsync));
        }

        Assert.Equal(0, provider.Connections);
    }

    [Theory, MemberData(nameof(OwnExceptions), DisableDiscoveryEnumeration = true)]
    public async Task NotifyAsync_HandlerThrowsAfterTheAnswer_ReachesTheCallerUnchangedAndIsNotRepeated(Exception exception)
    {
        await using var provider = new Provider(Replies.NoContent);
        using var application = Create(provider.Url, async send =>
        {
            using var response = await send();
            throw exception;
        });

        Assert.Same(exception, await Record.ExceptionAsync(application.NotifyAsync));
        Assert.Single(provider.Requests);
    }

    [Theory, MemberData(nameof(OwnExceptions), DisableDiscoveryEnumeration = true)]
    public async Task NotifyAsync_HandlerThrowsAtARepetition_ReachesTheCallerUnchanged(Exception exception)
    {
        await using var provider = new Provider(Replies.Status(503));
        var passes = 0;
        using var application = Create(provider.Url, send => ++passes == 1 ? send() : throw exception);

        Assert.Same(exception, await Record.ExceptionAsync(application.NotifyAsync));
        Assert.Equal((2, 1), (passes, provider.Requests.Count));
    }

    [Fact]
    public async Task NotifyAsync_HandlerPassesOnTheProvidersFailure_IsUnreachable()
    {
        await using var provider = new Provider(Replies.Close);
        using var application = Create(provider.Url, async send =>
        {
            try
            {
                return await send();
            }
            catch (HttpRequestException exception)
            {
                throw new InvalidOperationException("wrapped +15551231234", new AggregateException(exception));
            }
        });

        var result = await application.NotifyAsync();

        Assert.Equal((NotificationOutcome.Unreachable, 2), (result.Outcome, result.Attempts));
        Assert.Equal(HttpRequestError.ResponseEnded, Assert.IsType<HttpRequestException>(result.Exception).HttpRequestError);
    }

    [Fact]
    public async Task NotifyAsync_HandlerEndsThePassAndSaysSo_IsUnreachable()
    {
        await using var provider = new Provider(Replies.Hang);
        using var application = Application.Create(provider.Url, (_, builder) => builder.AddHttpMessageHandler(() => new Impatient()));

        var result = await application.NotifyAsync();

        Assert.Equal(NotificationOutcome.Unreachable, result.Outcome);
        Assert.IsType<TimeoutException>(result.Exception);
    }

    [Fact]
    public async Task NotifyAsync_HandlerFailsAfterASecondPass_IsNotTheFailureOfTheFirst()
    {
        await using var provider = new Provider(Replies.Sequence(Replies.Close, Replies.NoContent));
        var own = new InvalidOperationException("mine");
        using var application = Create(provider.Url, async send =>
        {
            await Assert.ThrowsAsync<HttpRequestException>(send);
            using var response = await send();
            throw own;
        });

        Assert.Same(own, await Record.ExceptionAsync(application.NotifyAsync));
        Assert.Equal(2, provider.Requests.Count);
    }

    [Fact]
    public async Task NotifyAsync_ReplacedPrimaryHandlerThrows_IsTheProvidersFailure()
    {
        using var application = Application.Create("https://provider.test/", (_, builder) =>
            builder.ConfigurePrimaryHttpMessageHandler(() => new Throwing()));

        Assert.Equal(NotificationOutcome.Unreachable, (await application.NotifyAsync()).Outcome);
    }

    [Fact]
    public async Task NotifyAsync_ReplacedPrimaryHandlerReturnsNothing_IsTheProvidersFailure()
    {
        using var application = Application.Create("https://provider.test/", (_, builder) =>
            builder.ConfigurePrimaryHttpMessageHandler(() => new Empty()));

        Assert.Equal(NotificationOutcome.Unreachable, (await application.NotifyAsync()).Outcome);
    }

    [Fact]
    public async Task NotifyAsync_HandlerThrowsWhileTheRequestIsUnderWay_ReachesTheCallerAtOnce()
    {
        await using var provider = new Provider(Replies.Hang);
        var own = new InvalidOperationException("mine");
        using var application = Create(provider.Url, async send =>
        {
            _ = send();
            await provider.ArrivedAsync();
            throw own;
        });

        Assert.Same(own, await Record.ExceptionAsync(() => application.NotifyAsync().WaitAsync(Eventually.Limit)));
    }

    [Fact]
    public async Task NotifyAsync_ConfigurationChangesWhileAHandlerWorks_KeepsItsSettings()
    {
        await using var provider = new Provider(Replies.NoContent);
        var url = ("InvitationCreatedUrl", provider.Url);
        var (configuration, source) = ChangingConfiguration.Create(url, ("Egress:AllowedRanges:0", "127.0.0.1/32"));
        using var application = Application.Create(configuration, (_, builder) => builder.AddHttpMessageHandler(() => new Handler(send =>
        {
            source.Change(url);
            return send();
        })));

        Assert.Equal(NotificationOutcome.Delivered, (await application.NotifyAsync()).Outcome);
        Assert.Equal(NotificationOutcome.Blocked, (await application.NotifyAsync()).Outcome);
    }

    private static ServiceProvider Create(string url, Step step) => Application.Create(
        options =>
        {
            options.InvitationCreatedUrl = url;
            options.Retry.MaxRetryAttempts = 1;
            options.CircuitBreaker.MinimumThroughput = 4;
        },
        (_, builder) => builder.AddHttpMessageHandler(() => new Handler(step)));

    private sealed class Handler(Step step) : DelegatingHandler
    {
        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken) =>
            step(() => base.SendAsync(request, cancellationToken));
    }

    private sealed class Impatient : DelegatingHandler
    {
        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            limit.CancelAfter(TimeSpan.FromMilliseconds(50));
            return await base.SendAsync(request, limit.Token);
        }
    }

    private sealed class Throwing : HttpMessageHandler
    {
        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken) =>
            throw new InvalidOperationException("broken");
    }

    private sealed class Empty : HttpMessageHandler
    {
        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken) =>
            Task.FromResult<HttpResponseMessage>(null!);
    }
}
