using System.Net;
using RichardSzalay.MockHttp;

namespace Acrobits.InvitationNotifier.Tests.Support;

/// <summary>A provider within the process: gives each request the next answer, and all further ones the last.</summary>
internal sealed class MockProvider
{
    public const string Url = "http://provider.example/?invitee=%invitee%";

    private readonly TimeProvider _time;
    private readonly List<(HttpRequestMessage Request, DateTimeOffset Arrival)> _requests = [];

    /// <summary>Creates a provider that answers at once.</summary>
    public MockProvider(TimeProvider? time, params HttpStatusCode[] statuses)
    {
        _time = time ?? TimeProvider.System;
        var mock = new MockHttpMessageHandler();
        mock.Fallback.Respond(request => Task.FromResult(new HttpResponseMessage(statuses[Add(request, statuses.Length)])));
        Handler = mock;
    }

    /// <summary>Creates a provider that answers as a test says, late and never and with exceptions too.</summary>
    public MockProvider(TimeProvider? time, params Func<HttpRequestMessage, CancellationToken, Task<HttpResponseMessage>>[] answers)
    {
        _time = time ?? TimeProvider.System;
        Handler = new CallbackHandler((request, cancellationToken) =>
            answers[Add(request, answers.Length)](request, cancellationToken));
    }

    public HttpMessageHandler Handler { get; }

    public IReadOnlyList<HttpRequestMessage> Requests
    {
        get
        {
            lock (_requests)
            {
                return [.. _requests.Select(entry => entry.Request)];
            }
        }
    }

    /// <summary>When each request came, by the clock that the provider was created with.</summary>
    public IReadOnlyList<DateTimeOffset> Arrivals
    {
        get
        {
            lock (_requests)
            {
                return [.. _requests.Select(entry => entry.Arrival)];
            }
        }
    }

    public static Func<HttpRequestMessage, CancellationToken, Task<HttpResponseMessage>> Respond(
        HttpStatusCode status, params (string Name, string Value)[] headers) => (_, _) =>
    {
        var response = new HttpResponseMessage(status);
        foreach (var (name, value) in headers)
        {
            response.Headers.TryAddWithoutValidation(name, value);
        }

        return Task.FromResult(response);
    };

    /// <summary>Never answers.</summary>
    public static async Task<HttpResponseMessage> Hang(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        await Task.Delay(Timeout.InfiniteTimeSpan, cancellationToken);
        return new HttpResponseMessage();
    }

    // Which of the answers the request gets.
    private int Add(HttpRequestMessage request, int answers)
    {
        lock (_requests)
        {
            _requests.Add((request, _time.GetUtcNow()));
            return Math.Min(_requests.Count, answers) - 1;
        }
    }

    // MockHttp neither shows a response the cancellation nor passes its exception on.
    private sealed class CallbackHandler(
        Func<HttpRequestMessage, CancellationToken, Task<HttpResponseMessage>> answer) : HttpMessageHandler
    {
        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken) =>
            answer(request, cancellationToken);
    }
}
