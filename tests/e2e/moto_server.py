"""moto's server, with what its Auto Scaling groups lack beside AWS's corrected.

- A member says which launch template version it was launched from; moto names the template's default one for all
  (DescribeAutoScalingGroups, Instance.LaunchTemplate).
- A group launches from the version that it names, with that version's tags; moto takes the image of that version, and the
  tags of the default one (CreateLaunchTemplateVersion, TagSpecifications).
- Whoever joins a group is registered with its target groups, who leaves it is deregistered (Auto Scaling user guide,
  "Attach a target group"); moto registers those that a group starts with.

Nothing else is changed: what moto does not know, it does not know here either.
"""

import threading

from moto.autoscaling.models import AutoScalingBackend, FakeAutoScalingGroup, InstanceState
from moto.ec2.models.instances import InstanceBackend
from moto.server import main

launching = threading.local()


def keep_version_of_launch() -> None:
    init, described = InstanceState.__init__, InstanceState.launch_template.fget

    def remember(self, *given, **named):
        init(self, *given, **named)
        self.launched_version = getattr(self.auto_scaling_group, "launch_template_version", None)

    def describe(self):
        template = described(self)
        return template and {**template, "Version": self.launched_version}

    InstanceState.__init__ = remember
    InstanceState.launch_template = property(describe)


def launch_from_own_version() -> None:
    launch, run = FakeAutoScalingGroup.replace_autoscaling_group_instances, InstanceBackend.run_instances

    def launch_versioned(self, *given, **named):
        launching.version = getattr(self, "launch_template_version", None)
        try:
            return launch(self, *given, **named)
        finally:
            launching.version = None

    def run_versioned(self, *given, **named):
        version = getattr(launching, "version", None)
        if version and named.get("launch_template"):
            named["launch_template"] = {**named["launch_template"], "Version": version}
        return run(self, *given, **named)

    FakeAutoScalingGroup.replace_autoscaling_group_instances = launch_versioned
    InstanceBackend.run_instances = run_versioned


def settle_targets(backend, group_name: str) -> None:
    group = backend.autoscaling_groups[group_name]
    backend.update_attached_target_groups(group_name)
    members = {state.instance.id for state in group.instance_states}
    for arn in group.target_group_arns or []:
        target_group = backend.elbv2_backend.target_groups[arn]
        gone = [{"Id": target} for target in list(target_group.targets) if target not in members]
        if gone:
            backend.elbv2_backend.deregister_targets(arn, gone)


def register_members() -> None:
    resize, terminate = AutoScalingBackend.set_desired_capacity, AutoScalingBackend.terminate_instance

    def resize_and_settle(self, group_name, *given, **named):
        answer = resize(self, group_name, *given, **named)
        settle_targets(self, group_name)
        return answer

    def terminate_and_settle(self, instance_id, *given, **named):
        name = next(
            group.name
            for group in self.autoscaling_groups.values()
            if any(state.instance.id == instance_id for state in group.instance_states)
        )
        answer = terminate(self, instance_id, *given, **named)
        settle_targets(self, name)
        return answer

    AutoScalingBackend.set_desired_capacity = resize_and_settle
    AutoScalingBackend.terminate_instance = terminate_and_settle


if __name__ == "__main__":
    keep_version_of_launch()
    launch_from_own_version()
    register_members()
    main()
