using System.Collections.Concurrent;
using System.Net;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Testing;
using RichardSzalay.MockHttp;

namespace Acrobits.InvitationNotifier.Tests.Configuration;

/// <summary>A notifier whose provider answers 204 to everything and remembers the requests.</summary>
internal sealed class MockedNotifier : IDisposable
{
    private readonly MockHttpMessageHandler _handler = new();
    private readonly ServiceProvider _provider;

    public MockedNotifier(IConfiguration section, Action<IServiceCollection>? more = null)
        : this(services => services.AddInvitationNotifier(section), more)
    {
    }

    public MockedNotifier(Action<InvitationNotifierOptions> configure, Action<IServiceCollection>? more = null)
        : this(services => services.AddInvitationNotifier(configure), more)
    {
    }

    public MockedNotifier(Func<IServiceCollection, IHttpClientBuilder> add, Action<IServiceCollection>? more = null)
    {
        _handler.Fallback.Respond(Answer);
        var services = new ServiceCollection();
        services.AddFakeLogging();
        services.AddLogging(logging => logging.SetMinimumLevel(LogLevel.Trace));
        add(services).ConfigurePrimaryHttpMessageHandler(() => _handler);
        more?.Invoke(services);
        _provider = services.BuildServiceProvider(new ServiceProviderOptions { ValidateScopes = true, ValidateOnBuild = true });
        Notifier = _provider.GetRequiredService<IInvitationNotifier>();
    }

    public IInvitationNotifier Notifier { get; }

    public IServiceProvider Services => _provider;

    /// <summary>The URLs that were asked for, in order.</summary>
    public ConcurrentQueue<string> Urls { get; } = new();

    /// <summary>The headers of the last request.</summary>
    public IReadOnlyDictionary<string, string> Headers { get; private set; } = new Dictionary<string, string>();

    public HttpStatusCode Status { get; set; } = HttpStatusCode.NoContent;

    public IEnumerable<FakeLogRecord> Logged(int eventId) =>
        _provider.GetFakeLogCollector().GetSnapshot().Where(record => record.Id.Id == eventId);

    public IReadOnlyList<FakeLogRecord> AllLogged => _provider.GetFakeLogCollector().GetSnapshot();

    public Task<NotificationResult> NotifyAsync(string networkId = "net") =>
        Notifier.NotifyAsync(new Invitation("420", "john", networkId), TestContext.Current.CancellationToken);

    /// <summary>The URL that one notification asks for; null where it asks for none.</summary>
    public async Task<string?> UrlOfAsync(string networkId = "net")
    {
        Urls.Clear();
        await NotifyAsync(networkId);
        return Urls.SingleOrDefault();
    }

    public void Dispose()
    {
        _provider.Dispose();
        _handler.Dispose();
    }

    private HttpResponseMessage Answer(HttpRequestMessage request)
    {
        Urls.Enqueue(request.RequestUri!.AbsoluteUri);
        Headers = request.Headers.NonValidated.ToDictionary(header => header.Key, header => header.Value.ToString());
        return new HttpResponseMessage(Status);
    }
}
