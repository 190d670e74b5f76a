using Acrobits.InvitationNotifier.Text;
using Microsoft.Extensions.Options;

namespace Acrobits.InvitationNotifier.Configuration;

/// <summary>
/// Validates by compiling: what compiles can be sent. The result stays with the options, so that a large configuration
/// is compiled once.
/// </summary>
/// <param name="inForce">The options that are in force; none: every problem counts.</param>
internal sealed class OptionsValidator(Func<InvitationNotifierOptions?>? inForce) : IValidateOptions<InvitationNotifierOptions>
{
    public OptionsValidator()
        : this(null)
    {
    }

    public ValidateOptionsResult Validate(string? name, InvitationNotifierOptions options)
    {
        var problems = new ProblemScope();
        var reading = Reading.Of(options);
        reading.Compiled = CompiledConfiguration.Compile(options, name == Options.DefaultName ? inForce?.Invoke() : null, problems);
        reading.Sections.ForEach(section => section.ForgetValues());
        return reading.Compiled is null ? ValidateOptionsResult.Fail(problems.All) : ValidateOptionsResult.Success;
    }
}
