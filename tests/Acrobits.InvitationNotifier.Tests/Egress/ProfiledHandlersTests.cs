using Acrobits.InvitationNotifier.Egress;
using Acrobits.InvitationNotifier.Text;
using Microsoft.Extensions.Time.Testing;

namespace Acrobits.InvitationNotifier.Tests.Egress;

/// <summary>How long the connections of a profile are kept.</summary>
public sealed class ProfiledHandlersTests : IDisposable
{
    private readonly FakeTimeProvider _time = new();
    private readonly List<Handler> _created = [];
    private readonly ProfiledHandlers _handlers;

    public ProfiledHandlersTests() => _handlers = new ProfiledHandlers(
        _ =>
        {
            _created.Add(new Handler());
            return _created[^1];
        },
        _time);

    [Fact]
    public void Find_EqualProfiles_ShareTheirConnections()
    {
        Assert.Same(_handlers.Find(Profile(1)), _handlers.Find(Profile(1)));
        Assert.NotSame(_handlers.Find(Profile(1)), _handlers.Find(Profile(2)));
        Assert.Equal(2, _created.Count);
    }

    [Fact]
    public void Find_OtherProfileUnusedForMoreThanFiveMinutes_IsForgotten()
    {
        var used = _handlers.Find(Profile(1));
        _handlers.Find(Profile(2));

        for (var minute = 0; minute < 5; minute++)
        {
            _time.Advance(TimeSpan.FromMinutes(1));
            _handlers.Find(Profile(1));
            Assert.Equal(2, _handlers.Count);
        }

        _time.Advance(TimeSpan.FromMinutes(2));

        Assert.Same(used, _handlers.Find(Profile(1)));
        Assert.Equal(1, _handlers.Count);
    }

    [Fact]
    public void Find_MoreProfilesThanAreKept_ForgetsTheOneUnusedLongest()
    {
        var first = _handlers.Find(Profile(0));
        for (var i = 1; i < 1024; i++)
        {
            _time.Advance(TimeSpan.FromMilliseconds(1));
            _handlers.Find(Profile(i));
        }

        _time.Advance(TimeSpan.FromMilliseconds(1));
        Assert.Same(first, _handlers.Find(Profile(0)));
        Assert.Equal(1024, _handlers.Count);

        _time.Advance(TimeSpan.FromMilliseconds(1));
        _handlers.Find(Profile(1024));

        Assert.Equal(1024, _handlers.Count);
        Assert.Same(first, _handlers.Find(Profile(0)));
        Assert.Equal(1025, _created.Count);
        _handlers.Find(Profile(1));
        Assert.Equal(1026, _created.Count);
    }

    [Fact]
    public void Dispose_SeveralProfiles_ClosesTheConnectionsOfAll()
    {
        _handlers.Find(Profile(1));
        _handlers.Find(Profile(2));

        _handlers.Dispose();

        Assert.All(_created, handler => Assert.True(handler.IsDisposed));
    }

    public void Dispose() => _handlers.Dispose();

    private static ConnectionProfile Profile(int number) =>
        new(true, EgressPolicy.Compile([$"10.{number / 256}.{number % 256}.0/24"], new ProblemScope()), TimeSpan.FromSeconds(10));

    private sealed class Handler : HttpMessageHandler
    {
        public bool IsDisposed { get; private set; }

        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken) =>
            throw new NotSupportedException();

        protected override void Dispose(bool disposing)
        {
            IsDisposed = true;
            base.Dispose(disposing);
        }
    }
}
