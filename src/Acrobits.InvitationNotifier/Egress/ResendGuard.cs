namespace Acrobits.InvitationNotifier.Egress;

/// <summary>
/// Prevents the primary handler from silently resending a request. Tracks whether the request was written and has no response.
/// </summary>
/// <remarks>
/// <see cref="SocketsHttpHandler"/> resends a request without a body up to three times when the connection ends without a
/// response. Only the retry policy may decide on another attempt. Two kinds of resends stay possible: by a handler of the
/// application, which begins anew, and after a response (credentials for a 401 or a proxy's 407).
/// </remarks>
internal struct ResendGuard
{
    private static readonly HttpRequestOptionsKey<StrongBox> Key = new("Acrobits.InvitationNotifier.ResendGuard");

    // Headers are always written in the same order, so a second write of the first header is a resend.
    private string? _firstHeader;

    /// <summary>Resets the state when the application sends the request.</summary>
    public static void Begin(HttpRequestMessage request)
    {
        if (request is ProviderRequest own)
        {
            own.ResendGuard = default;
        }
        else
        {
            // A copy shares the options of the original, so it gets a state of its own.
            request.Options.Set(Key, new StrongBox());
        }
    }

    /// <summary>Records that a header is written to a connection.</summary>
    /// <exception cref="HttpRequestException">The request was already written, and no response came.</exception>
    public static void Write(HttpRequestMessage request, string header)
    {
        ref var guard = ref Of(request);
        if (guard._firstHeader is null)
        {
            guard._firstHeader = header;
        }
        else if (guard._firstHeader == header)
        {
            throw Unanswered();
        }
    }

    /// <summary>Prevents another connection for a request that was written and got no response.</summary>
    /// <exception cref="HttpRequestException">The request was already written, and no response came.</exception>
    public static void Connect(HttpRequestMessage request)
    {
        if (Of(request)._firstHeader is not null)
        {
            throw Unanswered();
        }
    }

    /// <summary>Records that a response arrives, after which the request may be written again.</summary>
    public static void Answer(HttpRequestMessage request) => Of(request)._firstHeader = null;

    private static HttpRequestException Unanswered() =>
        new(HttpRequestError.ResponseEnded, "The provider closed the connection without an answer.");

    private static ref ResendGuard Of(HttpRequestMessage request)
    {
        if (request is ProviderRequest own)
        {
            return ref own.ResendGuard;
        }

        // The client's own CONNECT to a proxy does not pass through the connection handler.
        if (!request.Options.TryGetValue(Key, out var box))
        {
            box = new StrongBox();
            request.Options.Set(Key, box);
        }

        return ref box.ResendGuard;
    }

    private sealed class StrongBox
    {
        public ResendGuard ResendGuard;
    }
}
