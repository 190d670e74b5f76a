namespace Acrobits.InvitationNotifier.Egress;

/// <summary>
/// The state of a request's current pass through the primary handler: whether it was written and not answered yet.
/// </summary>
/// <remarks>
/// <see cref="SocketsHttpHandler"/> sends a request without a body again by itself when the connection ends without an
/// answer, up to three times. Whether there is another attempt is the retry policy's decision, so that is refused. What stays
/// possible: a handler of the application that sends again (a new pass), and a request that is written again after an answer
/// (credentials for a 401 or a proxy's 407).
/// </remarks>
internal struct Pass
{
    private static readonly HttpRequestOptionsKey<StrongBox> Key = new("Acrobits.InvitationNotifier.Pass");

    // Headers are written in the same order each time, so the first one marks the beginning.
    private string? _firstHeader;

    /// <summary>Begins a pass.</summary>
    public static void Begin(HttpRequestMessage request)
    {
        if (request is ProviderRequest own)
        {
            own.Pass = default;
        }
        else
        {
            // A copy of a request shares its options, so it gets a state of its own.
            request.Options.Set(Key, new StrongBox());
        }
    }

    /// <summary>Notes that a header is written to a connection.</summary>
    /// <exception cref="HttpRequestException">The request was written before, and no answer came.</exception>
    public static void Write(HttpRequestMessage request, string header)
    {
        ref var pass = ref Of(request);
        if (pass._firstHeader is null)
        {
            pass._firstHeader = header;
        }
        else if (pass._firstHeader == header)
        {
            throw Unanswered();
        }
    }

    /// <summary>Refuses to open another connection for a request that was written and got no answer.</summary>
    /// <exception cref="HttpRequestException">The request was written before, and no answer came.</exception>
    public static void Connect(HttpRequestMessage request)
    {
        if (Of(request)._firstHeader is not null)
        {
            throw Unanswered();
        }
    }

    /// <summary>Notes that an answer arrives, after which the request may be written again.</summary>
    public static void Answer(HttpRequestMessage request) => Of(request)._firstHeader = null;

    private static HttpRequestException Unanswered() =>
        new(HttpRequestError.ResponseEnded, "The provider closed the connection without an answer.");

    private static ref Pass Of(HttpRequestMessage request)
    {
        if (request is ProviderRequest own)
        {
            return ref own.Pass;
        }

        // The client's own CONNECT to a proxy has not come through the connection handler.
        if (!request.Options.TryGetValue(Key, out var box))
        {
            box = new StrongBox();
            request.Options.Set(Key, box);
        }

        return ref box.Pass;
    }

    private sealed class StrongBox
    {
        public Pass Pass;
    }
}
