using System.Net;

namespace Acrobits.InvitationNotifier.Testing;

/// <summary>What a <see cref="FakeProvider"/> does with a request. Immutable.</summary>
public sealed record ProviderAnswer
{
    private readonly TimeSpan _delay;

    private ProviderAnswer()
    {
    }

    /// <summary>Answers 204, the only status that means success.</summary>
    public static ProviderAnswer NoContent { get; } = Status(HttpStatusCode.NoContent);

    /// <summary>Never answers. The connection stays open until the client closes it.</summary>
    public static ProviderAnswer Hang { get; } = new() { Kind = ProviderAnswerKind.Hang };

    /// <summary>Ends the connection with a TCP reset, without an answer.</summary>
    public static ProviderAnswer ConnectionReset { get; } = new() { Kind = ProviderAnswerKind.ConnectionReset };

    /// <summary>How long to wait before this answer. Default: zero.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is negative.</exception>
    public TimeSpan Delay
    {
        get => _delay;
        init
        {
            ArgumentOutOfRangeException.ThrowIfLessThan(value, TimeSpan.Zero);
            _delay = value;
        }
    }

    /// <summary>The body of the answer, as UTF-8. A 204 and a 304 have none. Default: empty.</summary>
    public string Body { get; init; } = "";

    internal ProviderAnswerKind Kind { get; private init; }

    internal HttpStatusCode StatusCode { get; private init; }

    internal TimeSpan? RetryAfter { get; private init; }

    /// <summary>Answers with a status.</summary>
    /// <param name="status">The status, from 200 to 599.</param>
    /// <param name="retryAfter">
    /// The value of the <c>Retry-After</c> header, sent as whole seconds, rounded up; without it there is no such header.
    /// </param>
    /// <returns>The answer.</returns>
    /// <exception cref="ArgumentOutOfRangeException">
    /// <paramref name="status"/> is not from 200 to 599, or <paramref name="retryAfter"/> is negative.
    /// </exception>
    public static ProviderAnswer Status(HttpStatusCode status, TimeSpan? retryAfter = null)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan((int)status, 200, nameof(status));
        ArgumentOutOfRangeException.ThrowIfGreaterThan((int)status, 599, nameof(status));
        ArgumentOutOfRangeException.ThrowIfLessThan(retryAfter ?? TimeSpan.Zero, TimeSpan.Zero, nameof(retryAfter));

        return new() { StatusCode = status, RetryAfter = retryAfter };
    }
}
