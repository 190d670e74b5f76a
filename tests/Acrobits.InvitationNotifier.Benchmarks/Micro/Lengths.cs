using BenchmarkDotNet.Attributes;

namespace Acrobits.InvitationNotifier.Benchmarks.Micro;

/// <summary>Expansion of templates and of values that are ten and a hundred times as long.</summary>
public class Lengths
{
    private Invitation _invitation = null!;
    private Func<Invitation, object> _library = null!;

    // A form is escaped as a URL is.
    [Params(Context.Url, Context.Json, Context.Xml)]
    public Context Context { get; set; }

    [Params(1, 10, 100)]
    public int Times { get; set; }

    [GlobalSetup(Target = nameof(Template))]
    public void PrepareTemplate()
    {
        var text = ContextTemplates.Text(Context);
        var longer = Context switch
        {
            Context.Url => text + string.Concat(Enumerable.Repeat("&invitee=%invitee%&invitor=%invitor%&net=%network_id%", Times - 1)),
            Context.Json => $"[{string.Join(',', Enumerable.Repeat(text, Times))}]",
            _ => $"<all>{string.Concat(Enumerable.Repeat(text, Times))}</all>",
        };
        Prepare(longer, DocumentedRequest.Invitation);
    }

    [GlobalSetup(Target = nameof(Value))]
    public void PrepareValue()
    {
        var invitation = ContextTemplates.InvitationOf(Values.Escaped);
        Prepare(ContextTemplates.Text(Context), new Invitation(Longer(invitation.Invitee), Longer(invitation.Invitor), Longer(invitation.NetworkId)));
    }

    [Benchmark]
    public object Template() => _library(_invitation);

    [Benchmark]
    public object Value() => _library(_invitation);

    private void Prepare(string text, Invitation invitation)
    {
        _library = ContextTemplates.Compile(Context, text);
        _invitation = invitation;
    }

    private string Longer(string value) => string.Concat(Enumerable.Repeat(value, Times));
}
