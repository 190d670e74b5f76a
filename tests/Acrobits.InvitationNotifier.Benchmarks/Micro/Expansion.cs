using System.Text;
using BenchmarkDotNet.Attributes;

namespace Acrobits.InvitationNotifier.Benchmarks.Micro;

/// <summary>
/// Expansion of the documented templates into what a request takes: a <see cref="Uri"/>, or the bytes of a body.
/// </summary>
public class Expansion
{
    // As the library has it.
    private static readonly UriCreationOptions AsWritten = new() { DangerousDisablePathAndQueryCanonicalization = true };

    private Invitation _invitation = null!;
    private Func<Invitation, object> _library = null!;
    private Func<Invitation, string> _replace = null!;
    private Func<Invitation, string> _fluid = null!;
    private Func<Invitation, string> _handlebars = null!;
    private byte[] _expanded = [];

    [ParamsAllValues]
    public Context Context { get; set; }

    [ParamsAllValues]
    public Values Values { get; set; }

    [GlobalSetup]
    public void Prepare()
    {
        var text = ContextTemplates.Text(Context);
        _library = ContextTemplates.Compile(Context, text);
        _replace = ReplacedTemplate.Compile(Context, text);
        _fluid = FluidTemplate.Compile(Context, text);
        _handlebars = HandlebarsTemplate.Compile(Context, text);

        // Encoders differ in what they escape beyond what they have to; where there is nothing to escape, all are equal.
        var invitation = DocumentedRequest.Invitation;
        var expanded = new[] { Text(_library(invitation)), _replace(invitation), _fluid(invitation), _handlebars(invitation) };
        if (expanded.Distinct().Count() != 1)
        {
            throw new InvalidOperationException($"The expansions differ: {string.Join(' ', expanded)}");
        }

        _invitation = ContextTemplates.InvitationOf(Values);
        _expanded = Encoding.UTF8.GetBytes(_replace(_invitation));
    }

    [Benchmark(Baseline = true)]
    public object StringReplace() => Result(_replace(_invitation));

    [Benchmark]
    public object Library() => _library(_invitation);

    /// <summary>The result alone, of what is expanded already: what cannot be saved.</summary>
    [Benchmark]
    public object ResultAlone() =>
        Context == Context.Url ? new Uri(Encoding.ASCII.GetString(_expanded), AsWritten) : _expanded.AsSpan().ToArray();

    [Benchmark]
    public object Fluid() => Result(_fluid(_invitation));

    [Benchmark]
    public object Handlebars() => Result(_handlebars(_invitation));

    private static string Text(object result) =>
        result is Uri uri ? uri.OriginalString : Encoding.UTF8.GetString((byte[])result);

    private object Result(string expanded) =>
        Context == Context.Url ? new Uri(expanded, UriKind.Absolute) : Encoding.UTF8.GetBytes(expanded);
}
