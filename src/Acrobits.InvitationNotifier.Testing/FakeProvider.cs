using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Runtime.ExceptionServices;

namespace Acrobits.InvitationNotifier.Testing;

/// <summary>
/// A provider's web service on a free port of 127.0.0.1, for end-to-end tests. It answers 204 unless the test says otherwise,
/// and records what arrived. Thread-safe. Speaks HTTP/1.1 without TLS.
/// </summary>
/// <remarks>
/// The notifier connects to public addresses only. Set <c>Egress:AllowedRanges</c> to <see cref="AllowedRange"/>.
/// </remarks>
/// <example>
/// <code>
/// await using var provider = new FakeProvider();
/// services.AddInvitationNotifier(options =>
/// {
///     options.InvitationCreatedUrl = provider.Url + "/created?invitee=%invitee%";
///     options.Egress.AllowedRanges = [FakeProvider.AllowedRange];
/// });
/// </code>
/// </example>
public sealed class FakeProvider : IAsyncDisposable
{
    /// <summary>The address of each provider, as an entry of <see cref="EgressOptions.AllowedRanges"/>.</summary>
    public const string AllowedRange = "127.0.0.1/32";

    private readonly Recorder<ReceivedRequest> _requests = new("requests");
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stopping = new();
    private readonly ConcurrentBag<Task> _connections = [];
    private readonly TimeProvider _time;
    private readonly Task _accepting;
    private volatile Func<ReceivedRequest, CancellationToken, Task<ProviderAnswer>> _answer = NoContent;
    private ExceptionDispatchInfo? _failure;

    /// <summary>Starts the web service.</summary>
    /// <param name="time">The time by which <see cref="ProviderAnswer.Delay"/> runs. Default: real time.</param>
    public FakeProvider(TimeProvider? time = null)
    {
        _time = time ?? TimeProvider.System;
        _listener.Start();
        Url = string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{((IPEndPoint)_listener.LocalEndpoint).Port}");
        _accepting = AcceptAsync();
    }

    /// <summary>The start of each URL of the web service, such as <c>http://127.0.0.1:54321</c>. A path follows.</summary>
    public string Url { get; }

    /// <summary>The requests so far, in the order in which they arrived. A snapshot.</summary>
    public IReadOnlyList<ReceivedRequest> Requests => _requests.Items;

    /// <summary>The number of connections that clients have opened so far.</summary>
    public int Connections => _connections.Count;

    /// <summary>Gives each request from now on the next answer, and all further requests the last one.</summary>
    /// <param name="answers">The answers.</param>
    /// <returns>This provider.</returns>
    /// <exception cref="ArgumentException">There is no answer, or one is <see langword="null"/>.</exception>
    public FakeProvider AnswerWith(params ProviderAnswer[] answers)
    {
        _answer = Answers.InTurn<ReceivedRequest, ProviderAnswer>(answers, nameof(answers));
        return this;
    }

    /// <summary>Gives each request from now on the answer that a function returns.</summary>
    /// <remarks>
    /// If the function throws, the connection is closed without an answer, and <see cref="DisposeAsync"/> throws the exception.
    /// </remarks>
    /// <param name="answer">The function of the request.</param>
    /// <returns>This provider.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="answer"/> is <see langword="null"/>.</exception>
    public FakeProvider AnswerWith(Func<ReceivedRequest, ProviderAnswer> answer)
    {
        ArgumentNullException.ThrowIfNull(answer);

        return AnswerWith((request, _) => Task.FromResult(answer(request)));
    }

    /// <summary>
    /// Gives each request from now on the answer that an asynchronous function returns, for instance after a signal of the test.
    /// </summary>
    /// <param name="answer">
    /// The function of the request and a cancellation token, which is cancelled when the provider is disposed.
    /// </param>
    /// <inheritdoc cref="AnswerWith(Func{ReceivedRequest, ProviderAnswer})"/>
    public FakeProvider AnswerWith(Func<ReceivedRequest, CancellationToken, Task<ProviderAnswer>> answer)
    {
        ArgumentNullException.ThrowIfNull(answer);

        _answer = answer;
        return this;
    }

    /// <summary>Forgets all requests and answers 204 again.</summary>
    public void Reset()
    {
        _answer = NoContent;
        _requests.Clear();
    }

    /// <summary>Waits until as many requests have arrived. The last one may not be answered yet.</summary>
    /// <param name="count">The number of requests since the start or the last <see cref="Reset"/>.</param>
    /// <param name="timeout">How long to wait, in real time. Default: 30 s.</param>
    /// <param name="cancellationToken">Cancels the wait.</param>
    /// <returns>All requests so far, at least <paramref name="count"/>.</returns>
    /// <exception cref="TimeoutException">There were fewer requests within <paramref name="timeout"/>.</exception>
    /// <exception cref="OperationCanceledException"><paramref name="cancellationToken"/> was cancelled.</exception>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="count"/> or <paramref name="timeout"/> is negative.</exception>
    public Task<IReadOnlyList<ReceivedRequest>> WaitForAsync(
        int count, TimeSpan? timeout = null, CancellationToken cancellationToken = default) =>
        _requests.WaitForAsync(count, timeout, cancellationToken);

    /// <summary>Stops listening and closes all connections. A second call does nothing.</summary>
    /// <returns>A task that completes when the port is free and no answer is under way.</returns>
    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync().ConfigureAwait(false);
        _listener.Dispose();
        await _accepting.ConfigureAwait(false);
        await Task.WhenAll(_connections).ConfigureAwait(false);
        Interlocked.Exchange(ref _failure, null)?.Throw();
    }

    private static Task<ProviderAnswer> NoContent(ReceivedRequest request, CancellationToken cancellationToken) =>
        Task.FromResult(ProviderAnswer.NoContent);

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                var socket = await _listener.AcceptSocketAsync(_stopping.Token).ConfigureAwait(false);
                _connections.Add(Task.Run(() => ServeAsync(socket)));
            }
        }
        catch (Exception exception) when (exception is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            // The provider is disposed.
        }
    }

    private async Task ServeAsync(Socket socket)
    {
        using var connection = new ProviderConnection(socket, _time, _stopping.Token);
        try
        {
            while (await connection.ReceiveAsync().ConfigureAwait(false) is { } request)
            {
                _requests.Add(request);
                if (await FindAnswerAsync(request).ConfigureAwait(false) is not { } answer
                    || !await connection.SendAsync(request, answer).ConfigureAwait(false))
                {
                    break;
                }
            }
        }
        catch (Exception exception) when (exception is IOException or SocketException or OperationCanceledException or FormatException or OverflowException)
        {
            // The client closed the connection or sent something else than HTTP, or the provider is disposed.
        }
    }

    private async Task<ProviderAnswer?> FindAnswerAsync(ReceivedRequest request)
    {
        try
        {
            return await _answer(request, _stopping.Token).ConfigureAwait(false);
        }
        catch (Exception exception) when (!_stopping.IsCancellationRequested)
        {
            Interlocked.CompareExchange(ref _failure, ExceptionDispatchInfo.Capture(exception), null);
            return null;
        }
    }
}
